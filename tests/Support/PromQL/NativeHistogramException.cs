using AmpEdge.Prometheus;

namespace AmpEdge.Tests.Support;

/// <summary>A query selects native histograms, which the engine does not know yet: the case has to wait.</summary>
public sealed class NativeHistogramException(Labels labels)
    : Exception($"the query selects native histograms ({labels})");
