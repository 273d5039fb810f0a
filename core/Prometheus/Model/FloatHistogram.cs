using System.Collections.Immutable;

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

    public ImmutableArray<HistogramSpan> PositiveSpans { get; init; } = [];

    public ImmutableArray<HistogramSpan> NegativeSpans { get; init; } = [];

    /// <summary>The counts of the buckets in <see cref="PositiveSpans"/>, not differences.</summary>
    public ImmutableArray<double> PositiveBuckets { get; init; } = [];

    public ImmutableArray<double> NegativeBuckets { get; init; } = [];

    /// <summary>The upper boundaries of custom buckets, ascending, without +Inf.</summary>
    public ImmutableArray<double> CustomValues { get; init; } = [];

    public bool HasCustomBuckets => Schema == CustomBucketsSchema;

    /// <summary>True for the histogram that marks the end of its series.</summary>
    public bool IsStale => StaleMarker.IsStale(Sum);

    /// <summary>The same histogram with another hint; the buckets are shared.</summary>
    public FloatHistogram WithHint(CounterResetHint hint) => hint == CounterResetHint ? this : new FloatHistogram
    {
        CounterResetHint = hint,
        Schema = Schema,
        ZeroThreshold = ZeroThreshold,
        ZeroCount = ZeroCount,
        Count = Count,
        Sum = Sum,
        PositiveSpans = PositiveSpans,
        PositiveBuckets = PositiveBuckets,
        NegativeSpans = NegativeSpans,
        NegativeBuckets = NegativeBuckets,
        CustomValues = CustomValues,
    };

    /// <summary>All buckets with observations, from the lowest to the highest, the zero bucket between the sides.</summary>
    public List<HistogramBucket> Buckets()
    {
        List<HistogramBucket> buckets = [];
        AddSide(buckets, NegativeSpans, NegativeBuckets, isPositive: false);
        buckets.Reverse();
        if (ZeroCount != 0)
        {
            buckets.Add(new HistogramBucket(-ZeroThreshold, ZeroThreshold, true, true, ZeroCount));
        }

        AddSide(buckets, PositiveSpans, PositiveBuckets, isPositive: true);
        return buckets;
    }

    private void AddSide(
        List<HistogramBucket> buckets, ImmutableArray<HistogramSpan> spans, ImmutableArray<double> counts, bool isPositive)
    {
        int index = 0;
        int position = 0;
        foreach (HistogramSpan span in spans)
        {
            index += span.Offset;
            for (uint bucket = 0; bucket < span.Length; bucket++, index++, position++)
            {
                if (counts[position] != 0)
                {
                    buckets.Add(Bucket(index, counts[position], isPositive));
                }
            }
        }
    }

    private HistogramBucket Bucket(int index, double count, bool isPositive)
    {
        double near = HistogramBounds.Of(Schema, index - 1, CustomValues.AsSpan());
        double far = HistogramBounds.Of(Schema, index, CustomValues.AsSpan());
        if (HasCustomBuckets)
        {
            return new HistogramBucket(near, far, index == 0, true, count);
        }

        // What the zero bucket covers is not covered twice.
        near = Math.Max(near, ZeroThreshold);
        return isPositive
            ? new HistogramBucket(near, far, false, true, count)
            : new HistogramBucket(-far, -near, true, false, count);
    }
}
