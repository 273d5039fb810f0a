namespace AmpEdge.Proxy.Usage;

/// <summary>One metric of one workspace: what it costs and who reads it.</summary>
internal sealed record UsageRow
{
    /// <summary>The workspace's id; empty where paths name none.</summary>
    public required string Workspace { get; init; }

    public required string Name { get; init; }

    /// <summary>Of the last one to two hours of watching.</summary>
    public required long Series { get; init; }

    public required double SamplesPerSecond { get; init; }

    /// <summary>The share of the whole monthly price.</summary>
    public required double MonthlyCost { get; init; }

    /// <summary>By how much the whole monthly price falls without it.</summary>
    public required double MonthlySaving { get; init; }

    public required DateTimeOffset LastWritten { get; init; }

    /// <summary>Null when nothing has read it as long as is remembered.</summary>
    public required DateTimeOffset? LastRead { get; init; }

    /// <summary>Reads by kind of reader, those that read everything left out.</summary>
    public required IReadOnlyList<ReadCount> Readers { get; init; }

    /// <summary>Whether nothing has read it for the time after which a metric is unused.</summary>
    public required bool IsUnused { get; init; }

    public long Reads
    {
        get
        {
            long reads = 0;
            foreach (ReadCount reader in Readers)
            {
                reads += reader.Count;
            }

            return reads;
        }
    }
}
