using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Workspaces;

/// <summary>Puts decoded samples into the engine's columns.</summary>
internal readonly struct SampleBufferSink(SampleBuffer samples) : ISampleSink
{
    private readonly SampleBuffer _samples = samples;

    public void Add(long timestampMs, double value) => _samples.Append(timestampMs, value);

    /// <summary>
    /// A reset that the head knows of is not told, as it is not of blocks, so that answers do not change when a block is cut:
    /// queries find it by the counts, as Prometheus does.
    /// </summary>
    public void Add(long timestampMs, Histogram histogram)
    {
        FloatHistogram stored = histogram.ToFloat();
        _samples.Append(
            timestampMs,
            stored.CounterResetHint == CounterResetHint.Reset ? stored.WithHint(CounterResetHint.Unknown) : stored);
    }

    public static bool TakesColumns => true;

    public void Reserve(int samples, out Span<long> timestamps, out Span<double> values) =>
        _samples.Reserve(samples, out timestamps, out values);

    public void Keep(int first, int count) => _samples.Advance(first, count);
}
