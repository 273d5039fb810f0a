using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>Hands decoded samples to a <see cref="ChunkRewriter"/>.</summary>
internal readonly struct RewriteSink(ChunkRewriter target) : ISampleSink
{
    private readonly ChunkRewriter _target = target;

    public void Add(long timestampMs, double value) => _target.Add(timestampMs, value);

    public void Add(long timestampMs, Histogram histogram) => _target.Add(timestampMs, histogram);
}
