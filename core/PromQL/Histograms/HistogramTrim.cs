using System.Collections.Immutable;
using System.Runtime.InteropServices;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// The operators <c>&lt;/</c> and <c>&gt;/</c>: a native histogram of the observations below or above a value. The bucket that
/// the value cuts is divided by interpolation, and the sum estimated anew from the middles of the buckets that are left.
/// </summary>
internal ref struct HistogramTrim
{
    private readonly FloatHistogram _histogram;
    private readonly double _value;
    private readonly bool _keepBelow;
    private double _count;
    private double _sum;
    private bool _hasChanged;
    private bool _hasPositive;
    private bool _hasNegative;

    private HistogramTrim(FloatHistogram histogram, double value, bool keepBelow)
    {
        _histogram = histogram;
        _value = value;
        _keepBelow = keepBelow;
    }

    /// <summary>What is left; the histogram itself when nothing is cut off.</summary>
    public static FloatHistogram Of(FloatHistogram histogram, double value, bool keepBelow) =>
        new HistogramTrim(histogram, value, keepBelow).Trim();

    private FloatHistogram Trim()
    {
        double[] positive = TrimSide(_histogram.PositiveSide(), isPositive: true);
        double[] negative = TrimSide(_histogram.NegativeSide(), isPositive: false);
        double zeroCount = _histogram.ZeroCount > 0 ? TrimZeroBucket() : _histogram.ZeroCount;
        return !_hasChanged ? _histogram : HistogramScaling.Compact(new FloatHistogram
        {
            CounterResetHint = _histogram.CounterResetHint,
            Schema = _histogram.Schema,
            ZeroThreshold = _histogram.ZeroThreshold,
            ZeroCount = zeroCount,
            Count = _count,
            Sum = _sum,
            PositiveSpans = _histogram.PositiveSpans,
            PositiveBuckets = ImmutableCollectionsMarshal.AsImmutableArray(positive),
            NegativeSpans = _histogram.NegativeSpans,
            NegativeBuckets = ImmutableCollectionsMarshal.AsImmutableArray(negative),
            CustomValues = _histogram.CustomValues,
        });
    }

    private double[] TrimSide(HistogramSideView side, bool isPositive)
    {
        double[] kept = side.Counts.ToArray();
        BucketCursor buckets = side.Walk(BucketMap.Same);
        while (buckets.MoveNext())
        {
            if (buckets.Count == 0)
            {
                continue;
            }

            _hasPositive |= isPositive;
            _hasNegative |= !isPositive;
            ref double count = ref kept[buckets.Position - 1];
            count = Keep(buckets.Index, count, isPositive);
        }

        return kept;
    }

    /// <summary>How much of a bucket is left, which is added to count and sum.</summary>
    private double Keep(int index, double count, bool isPositive)
    {
        ReadOnlySpan<double> bounds = _histogram.CustomValues.AsSpan();
        double near = HistogramBounds.Of(_histogram.Schema, index - 1, bounds);
        double far = HistogramBounds.Of(_histogram.Schema, index, bounds);
        double lower = isPositive ? near : -far;
        double upper = isPositive ? far : -near;
        bool isWhole = _keepBelow ? upper <= _value : lower >= _value;
        bool isCut = !isWhole && (_keepBelow ? lower < _value : upper > _value);
        (double kept, double middle) = isWhole ? (count, Middle(lower, upper, isPositive))
            : isCut ? Cut(lower, upper, count, isPositive)
            : default;
        if (kept != count)
        {
            _hasChanged = true;
        }

        if (isWhole || isCut)
        {
            _count += kept;
            _sum += middle * kept;
        }

        return kept;
    }

    /// <summary>What is left of a bucket that the value lies in, and the middle of that.</summary>
    private readonly (double Kept, double Middle) Cut(double lower, double upper, double count, bool isPositive)
    {
        if (double.IsInfinity(lower) || double.IsInfinity(upper))
        {
            return CutWithoutEnd(lower, upper, count);
        }

        double below = count * FractionBelow(lower, upper, isPositive);
        return _keepBelow
            ? (below, Middle(lower, _value, isPositive))
            : (count - below, Middle(_value, upper, isPositive));
    }

    private readonly double FractionBelow(double lower, double upper, bool isPositive)
    {
        if (_histogram.HasCustomBuckets)
        {
            return (_value - lower) / (upper - lower);
        }

        double logLower = Math.Log2(Math.Abs(lower));
        double logUpper = Math.Log2(Math.Abs(upper));
        double logValue = Math.Log2(Math.Abs(_value));
        return isPositive
            ? (logValue - logLower) / (logUpper - logLower)
            : 1 - ((logValue - logUpper) / (logLower - logUpper));
    }

    /// <summary>
    /// How observations lie in a custom bucket without an end is not known. A first bucket that reaches above zero is taken to
    /// begin there; else all of it is on the side of the value where it has no end, as no more can be said.
    /// </summary>
    private readonly (double Kept, double Middle) CutWithoutEnd(double lower, double upper, double count)
    {
        if (double.IsPositiveInfinity(upper))
        {
            return _keepBelow || double.IsInfinity(lower) ? (0, 0) : (count, _value);
        }

        if (_value >= 0 && upper > 0 && (!_keepBelow || _value > 0))
        {
            return _keepBelow
                ? (count * _value / upper, _value / 2)
                : (count * (1 - (_value / upper)), (_value + upper) / 2);
        }

        return _keepBelow && upper <= 0 ? (count, _value) : (0, 0);
    }

    private readonly double Middle(double lower, double upper, bool isPositive)
    {
        if (double.IsInfinity(lower))
        {
            return double.IsInfinity(upper) ? 0 : upper > 0 ? upper / 2 : upper;
        }

        if (double.IsInfinity(upper))
        {
            return lower;
        }

        if (_histogram.HasCustomBuckets)
        {
            return (lower + upper) / 2;
        }

        double middle = Math.Sqrt(Math.Abs(lower * upper));
        return isPositive ? middle : -middle;
    }

    /// <summary>With observations of one sign only the zero bucket ends at zero.</summary>
    private double TrimZeroBucket()
    {
        double lower = _hasPositive && !_hasNegative ? 0 : -_histogram.ZeroThreshold;
        double upper = _hasNegative && !_hasPositive ? 0 : _histogram.ZeroThreshold;
        double from = _keepBelow ? lower : Math.Clamp(_value, lower, upper);
        double to = _keepBelow ? Math.Clamp(_value, lower, upper) : upper;
        bool isWhole = _keepBelow ? _value > lower && _value >= upper : _value <= lower;
        bool isGone = _keepBelow ? _value <= lower : _value >= upper && !isWhole;
        double kept = isWhole ? _histogram.ZeroCount
            : isGone ? 0
            : _histogram.ZeroCount * ((to - from) / (upper - lower));
        _hasChanged |= kept != _histogram.ZeroCount;
        _count += kept;
        _sum += kept * (from + to) / 2;
        return kept;
    }
}
