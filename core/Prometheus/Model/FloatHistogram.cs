namespace AmpEdge.Prometheus;

/// <summary>
/// A native histogram with counts as floats. Bucket i of schema s ends at 2^(i·2^-s) on the positive side and begins
/// there, negated, on the negative one; with <see cref="CustomBucketsSchema"/> it ends at its custom value instead.
/// </summary>
public sealed class FloatHistogram
{
    /// <summary>The schema whose boundaries are <see cref="CustomValues"/>.</summary>
    public const int CustomBucketsSchema = -53;

    public CounterResetHint CounterResetHint { get; init; }

    /// <summary>The resolution, from -4 to 8, or <see cref="CustomBucketsSchema"/>.</summary>
    public int Schema { get; init; }

    /// <summary>Observations up to this distance from zero are in the zero bucket.</summary>
    public double ZeroThreshold { get; init; }

    public double ZeroCount { get; init; }

    public double Count { get; init; }

    public double Sum { get; init; }

    public IReadOnlyList<HistogramSpan> PositiveSpans { get; init; } = [];

    public IReadOnlyList<HistogramSpan> NegativeSpans { get; init; } = [];

    /// <summary>The counts of the buckets in <see cref="PositiveSpans"/>, not differences.</summary>
    public IReadOnlyList<double> PositiveBuckets { get; init; } = [];

    public IReadOnlyList<double> NegativeBuckets { get; init; } = [];

    /// <summary>The upper boundaries of custom buckets, ascending, without +Inf.</summary>
    public IReadOnlyList<double> CustomValues { get; init; } = [];

    public bool HasCustomBuckets => Schema == CustomBucketsSchema;
}
