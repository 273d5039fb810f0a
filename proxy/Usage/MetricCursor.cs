namespace AmpEdge.Proxy.Usage;

/// <summary>Adds the series of one body, of which neighbours mostly belong to one metric.</summary>
internal sealed class MetricCursor(Observation into, WorkspaceUsage workspace, long weight, long nowMs)
{
    private readonly Dictionary<byte[], MetricWrites>.AlternateLookup<ReadOnlySpan<byte>> _known =
        workspace.Written.GetAlternateLookup<ReadOnlySpan<byte>>();

    private byte[] _lastName = [];
    private MetricWrites? _last;

    /// <summary>Adds the samples of one series.</summary>
    public void Add(ReadOnlySpan<byte> metric, ulong seriesHash, int samples)
    {
        if (_last is null || !metric.SequenceEqual(_lastName))
        {
            if (!_known.TryGetValue(metric, out byte[]? name, out MetricWrites? writes))
            {
                writes = into.WritesOf(workspace, metric, nowMs);
                if (writes is null)
                {
                    return;
                }

                name = metric.ToArray();
            }

            (_lastName, _last) = (name, writes);
        }

        _last.Add(into.Period, (double)samples * weight, seriesHash, nowMs);
    }
}
