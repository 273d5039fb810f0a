using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>Takes decoded samples, in rising order of time; a struct, so that decoding is compiled for it.</summary>
public interface ISampleSink
{
    void Add(long timestampMs, double value);

    /// <summary>Takes a native histogram, which the caller fills again for the next one.</summary>
    void Add(long timestampMs, Histogram histogram);
}
