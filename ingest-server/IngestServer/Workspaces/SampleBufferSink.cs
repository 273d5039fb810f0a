using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Workspaces;

/// <summary>Puts decoded samples into the engine's columns.</summary>
internal readonly struct SampleBufferSink(SampleBuffer samples) : ISampleSink
{
    private readonly SampleBuffer _samples = samples;

    public void Add(long timestampMs, double value) => _samples.Append(timestampMs, value);

    public void Add(long timestampMs, Histogram histogram) => _samples.Append(timestampMs, histogram.ToFloat());
}
