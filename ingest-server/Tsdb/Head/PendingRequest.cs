using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>What an appender has collected for its commit. Reused from request to request.</summary>
internal sealed class PendingRequest
{
    private PendingSample[] _samples = new PendingSample[256];
    private int _count;

    public Span<PendingSample> Samples => _samples.AsSpan(0, _count);

    public List<MetricMetadata> Metadata { get; } = [];

    public bool IsEmpty => _count == 0 && Metadata.Count == 0;

    public void Add(uint series, long timestampMs, double value)
    {
        if (_count == _samples.Length)
        {
            Array.Resize(ref _samples, _count * 2);
        }

        _samples[_count++] = new PendingSample(series, timestampMs, value);
    }

    public void Clear()
    {
        _count = 0;
        Metadata.Clear();
    }
}
