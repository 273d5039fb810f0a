namespace AmpEdge.Prometheus;

/// <summary>One bucket of a native histogram, as results show it.</summary>
public readonly record struct HistogramBucket(
    double Lower, double Upper, bool LowerInclusive, bool UpperInclusive, double Count);
