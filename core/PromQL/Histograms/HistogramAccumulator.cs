using System.Collections.Immutable;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// A native histogram that others are added to or taken from. Differences are brought together: the coarser of two schemas
/// counts, the zero bucket is widened to the wider one, and of custom bounds those are left that both have.
/// </summary>
/// <param name="compensated">
/// Whether what rounding loses is kept beside each number, as sums over many histograms do. The operators + and - do not.
/// </param>
internal sealed class HistogramAccumulator(bool compensated)
{
    private readonly BucketSum _positive = new();
    private readonly BucketSum _negative = new();
    private int _schema;
    private double _zeroThreshold;
    private double _zeroCount;
    private double _lostZeroCount;
    private double _sum;
    private double _lostSum;
    private double _lostCount;
    private double _count;
    private ImmutableArray<double> _bounds = [];

    /// <summary>What is known of counter resets in the result.</summary>
    public CounterResetHint Hint { get; set; }

    private bool HasCustomBuckets => _schema == FloatHistogram.CustomBucketsSchema;

    /// <summary>Becomes equal to a histogram.</summary>
    public void Load(FloatHistogram histogram)
    {
        bool isCustom = histogram.HasCustomBuckets;
        Hint = histogram.CounterResetHint;
        _schema = histogram.Schema;
        (_zeroThreshold, _zeroCount) = isCustom ? default : (histogram.ZeroThreshold, histogram.ZeroCount);
        (_count, _sum) = (histogram.Count, histogram.Sum);
        (_lostZeroCount, _lostCount, _lostSum) = (0, 0, 0);
        _bounds = isCustom ? histogram.CustomValues : [];
        _positive.Load(histogram.PositiveSpans.AsSpan(), histogram.PositiveBuckets.AsSpan());
        _negative.Clear();
        if (!isCustom)
        {
            _negative.Load(histogram.NegativeSpans.AsSpan(), histogram.NegativeBuckets.AsSpan());
        }
    }

    public void CopyFrom(HistogramAccumulator other)
    {
        Hint = other.Hint;
        _schema = other._schema;
        (_zeroThreshold, _zeroCount, _lostZeroCount) = (other._zeroThreshold, other._zeroCount, other._lostZeroCount);
        (_count, _lostCount, _sum, _lostSum) = (other._count, other._lostCount, other._sum, other._lostSum);
        _bounds = other._bounds;
        _positive.CopyFrom(other._positive);
        _negative.CopyFrom(other._negative);
    }

    /// <summary>
    /// Adds a histogram multiplied by <paramref name="factor"/> (1 or -1). It is left as it is; where it is incompatible, so is
    /// this.
    /// </summary>
    public HistogramCombination Add(FloatHistogram other, double factor = 1)
    {
        if (HasCustomBuckets != other.HasCustomBuckets)
        {
            return HistogramCombination.Incompatible;
        }

        HistogramCombination noticed = AdjustHint(other.CounterResetHint);
        Accumulate(factor * other.Count, ref _count, ref _lostCount, compensated);
        Accumulate(factor * other.Sum, ref _sum, ref _lostSum, compensated);
        return noticed | (HasCustomBuckets ? AddCustom(other, factor) : AddExponential(other, factor));
    }

    /// <summary>Lowers the resolution to a coarser exponential schema.</summary>
    public void ReduceTo(int schema)
    {
        if (HasCustomBuckets || schema >= _schema)
        {
            return;
        }

        BucketMap map = BucketMap.BetweenSchemas(_schema, schema);
        _positive.Remap(map, compensated);
        _negative.Remap(map, compensated);
        _schema = schema;
    }

    public void Multiply(double factor)
    {
        _zeroCount *= factor;
        _lostZeroCount *= factor;
        _count *= factor;
        _lostCount *= factor;
        _sum *= factor;
        _lostSum *= factor;
        _positive.Multiply(factor);
        _negative.Multiply(factor);
    }

    public void Divide(double divisor)
    {
        _zeroCount /= divisor;
        _lostZeroCount /= divisor;
        _count /= divisor;
        _lostCount /= divisor;
        _sum /= divisor;
        _lostSum /= divisor;
        _positive.Divide(divisor);
        _negative.Divide(divisor);
    }

    /// <summary>A number in it is an infinity.</summary>
    public bool HasOverflow()
    {
        bool overflow = double.IsInfinity(_zeroCount) || double.IsInfinity(_count) || double.IsInfinity(_sum);
        return overflow || HasInfinity(_positive.Counts) || HasInfinity(_negative.Counts);
    }

    /// <summary>The size of the number farthest from zero.</summary>
    public double Largest()
    {
        double largest = Math.Max(Math.Abs(_count), Math.Max(Math.Abs(_sum), Math.Abs(_zeroCount)));
        return Math.Max(largest, Math.Max(LargestOf(_positive.Counts), LargestOf(_negative.Counts)));
    }

    /// <param name="compact">Whether buckets without observations are left out.</param>
    public FloatHistogram ToHistogram(bool compact)
    {
        ImmutableArray<double> positive = _positive.ToBuckets(compact, out ImmutableArray<HistogramSpan> positiveSpans);
        ImmutableArray<double> negative = _negative.ToBuckets(compact, out ImmutableArray<HistogramSpan> negativeSpans);
        return new FloatHistogram
        {
            CounterResetHint = Hint,
            Schema = _schema,
            ZeroThreshold = _zeroThreshold,
            ZeroCount = _zeroCount + _lostZeroCount,
            Count = _count + _lostCount,
            Sum = _sum + _lostSum,
            PositiveSpans = positiveSpans,
            PositiveBuckets = positive,
            NegativeSpans = negativeSpans,
            NegativeBuckets = negative,
            CustomValues = _bounds,
        };
    }

    /// <summary>Adds to a number, and to what rounding has lost of it where that is kept.</summary>
    internal static void Accumulate(double increment, ref double sum, ref double lost, bool compensated)
    {
        if (compensated)
        {
            KahanSum.Add(increment, ref sum, ref lost);
        }
        else
        {
            sum += increment;
        }
    }

    private HistogramCombination AddCustom(FloatHistogram other, double factor)
    {
        ReadOnlySpan<HistogramSpan> spans = other.PositiveSpans.AsSpan();
        ReadOnlySpan<double> counts = other.PositiveBuckets.AsSpan();
        if (CustomBounds.Match(_bounds, other.CustomValues))
        {
            _positive.Add(spans, counts, skipped: 0, BucketMap.Same, factor, compensated);
            return HistogramCombination.None;
        }

        ImmutableArray<double> shared = CustomBounds.Intersect(_bounds, other.CustomValues);
        _positive.Remap(BucketMap.ByTable(CustomBounds.Table(_bounds, shared)), compensated);
        int[] table = CustomBounds.Table(other.CustomValues, shared);
        _positive.Add(spans, counts, skipped: 0, BucketMap.ByTable(table), factor, compensated);
        _bounds = shared;
        return HistogramCombination.BoundsReconciled;
    }

    private HistogramCombination AddExponential(FloatHistogram other, double factor)
    {
        bool folds = _zeroThreshold != other.ZeroThreshold;
        if (folds)
        {
            WidenZeroBucket(other);
        }

        Accumulate(factor * other.ZeroCount, ref _zeroCount, ref _lostZeroCount, compensated);
        ReduceTo(other.Schema);
        AddSide(_positive, other, other.PositiveSpans.AsSpan(), other.PositiveBuckets.AsSpan(), folds, factor);
        AddSide(_negative, other, other.NegativeSpans.AsSpan(), other.NegativeBuckets.AsSpan(), folds, factor);
        return HistogramCombination.None;
    }

    private void AddSide(
        BucketSum side,
        FloatHistogram other,
        ReadOnlySpan<HistogramSpan> spans,
        ReadOnlySpan<double> counts,
        bool folds,
        double factor)
    {
        int inside = folds ? ZeroBucket.CountInside(other.Schema, spans, counts, _zeroThreshold) : 0;
        for (int bucket = 0; bucket < inside; bucket++)
        {
            Accumulate(factor * counts[bucket], ref _zeroCount, ref _lostZeroCount, compensated);
        }

        side.Add(spans, counts, inside, BucketMap.BetweenSchemas(other.Schema, _schema), factor, compensated);
    }

    /// <summary>
    /// Finds a threshold that covers both zero buckets and cuts no bucket with observations of either, and takes in the buckets
    /// here that then lie inside. Those of the other histogram follow when it is added.
    /// </summary>
    private void WidenZeroBucket(FloatHistogram other)
    {
        double here = _zeroThreshold;
        double there = other.ZeroThreshold;
        while (here < there || there < here)
        {
            if (here > there)
            {
                there = ZeroBucket.Widen(other, here);
            }

            if (there > here)
            {
                here = Widen(there);
            }
        }

        if (here > _zeroThreshold)
        {
            _zeroThreshold = here;
            _positive.TakeInside(_schema, here, ref _zeroCount, ref _lostZeroCount, compensated);
            _negative.TakeInside(_schema, here, ref _zeroCount, ref _lostZeroCount, compensated);
        }
    }

    private double Widen(double threshold)
    {
        while (_positive.TryFindCut(_schema, threshold, out int index) || _negative.TryFindCut(_schema, threshold, out index))
        {
            threshold = HistogramBounds.Of(_schema, index, default);
        }

        return threshold;
    }

    private HistogramCombination AdjustHint(CounterResetHint other)
    {
        if (other == Hint || Hint == CounterResetHint.Gauge)
        {
            return HistogramCombination.None;
        }

        bool collide = Hint != CounterResetHint.Unknown && other is not (CounterResetHint.Unknown or CounterResetHint.Gauge);
        Hint = other == CounterResetHint.Gauge ? CounterResetHint.Gauge : CounterResetHint.Unknown;
        return collide ? HistogramCombination.ResetsCollide : HistogramCombination.None;
    }

    internal static double LargestOf(ReadOnlySpan<double> counts)
    {
        double largest = 0;
        foreach (double count in counts)
        {
            largest = Math.Max(largest, Math.Abs(count));
        }

        return largest;
    }

    private static bool HasInfinity(ReadOnlySpan<double> counts)
    {
        foreach (double count in counts)
        {
            if (double.IsInfinity(count))
            {
                return true;
            }
        }

        return false;
    }
}
