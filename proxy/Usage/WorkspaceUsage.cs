using AmpEdge.Prometheus;

namespace AmpEdge.Proxy.Usage;

/// <summary>What was written to one workspace and what was read from it. Not thread-safe.</summary>
internal sealed class WorkspaceUsage
{
    public Dictionary<byte[], MetricWrites> Written { get; } = new(new Utf8NameComparer());

    /// <summary>Reads by name, of names that need not have been written yet.</summary>
    public Dictionary<byte[], ReadTally> Reads { get; } = new(new Utf8NameComparer());

    /// <summary>Reads by a condition on the name, by the condition's text.</summary>
    public Dictionary<string, PatternReads> Patterns { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads that leave the name open.</summary>
    public ReadTally All { get; } = new();

    /// <summary>Some of the selectors of <see cref="All"/>.</summary>
    public Dictionary<string, ReadTally> Examples { get; } = new(StringComparer.Ordinal);

    /// <summary>Forgets metrics that were not written and reads that did not happen since a time.</summary>
    public void Forget(long beforeMs)
    {
        foreach ((byte[] name, MetricWrites writes) in Written)
        {
            if (writes.LastMs < beforeMs)
            {
                Written.Remove(name);
            }
        }

        foreach ((byte[] name, ReadTally tally) in Reads)
        {
            if (tally.LastMs < beforeMs)
            {
                Reads.Remove(name);
            }
        }

        foreach ((string text, PatternReads pattern) in Patterns)
        {
            if (pattern.Tally.LastMs < beforeMs)
            {
                Patterns.Remove(text);
            }
        }

        foreach ((string text, ReadTally tally) in Examples)
        {
            if (tally.LastMs < beforeMs)
            {
                Examples.Remove(text);
            }
        }
    }
}
