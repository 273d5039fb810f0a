using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>What an appender has collected for its commit. Reused from request to request.</summary>
internal sealed class PendingRequest
{
    private const int FirstSamples = 256;

    /// <summary>What a cleared request keeps room for; the rare larger ones must not hold their memory for ever.</summary>
    private const int MaxKeptSamples = 64 * 1024;

    private PendingSample[] _samples = new PendingSample[FirstSamples];
    private int _count;

    /// <summary>Samples that there is room for now.</summary>
    public int Capacity => _samples.Length;

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
        _samples = _samples.Length <= MaxKeptSamples ? _samples : new PendingSample[FirstSamples];
        Metadata.Clear();
    }
}
