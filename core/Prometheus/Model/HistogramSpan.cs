namespace AmpEdge.Prometheus;

/// <summary>A run of neighbouring buckets of a native histogram.</summary>
/// <param name="Offset">The index of the first bucket in the first span; else the gap to the span before.</param>
/// <param name="Length">How many buckets there are.</param>
public readonly record struct HistogramSpan(int Offset, uint Length);
