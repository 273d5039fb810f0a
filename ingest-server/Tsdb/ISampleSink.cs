using System.Diagnostics;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>Takes decoded samples, in rising order of time; a struct, so that decoding is compiled for it.</summary>
public interface ISampleSink
{
    void Add(long timestampMs, double value);

    /// <summary>Takes a native histogram, which the caller fills again for the next one.</summary>
    void Add(long timestampMs, Histogram histogram);

    /// <summary>Whether whole chunks of floats are decoded into the sink's own columns.</summary>
    static virtual bool TakesColumns => false;

    /// <summary>Room for so many floats behind what is held already; what of them stays is said by <see cref="Keep"/>.</summary>
    void Reserve(int samples, out Span<long> timestamps, out Span<double> values) =>
        throw new UnreachableException("the sink takes samples one by one");

    /// <summary>Takes in a part of what was written since <see cref="Reserve"/>; the rest is forgotten.</summary>
    void Keep(int first, int count) => throw new UnreachableException("the sink takes samples one by one");
}
