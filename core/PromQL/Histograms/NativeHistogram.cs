using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// Estimates from the buckets of one native histogram. Within an exponential bucket observations are taken to be spread evenly
/// over the logarithms of values, within the zero bucket and custom ones over the values.
/// </summary>
internal static class NativeHistogram
{
    /// <summary>
    /// The quantile, interpolated within its bucket; NaN without observations. With observations of one sign only the zero
    /// bucket ends at zero.
    /// </summary>
    public static double Quantile(double quantile, FloatHistogram histogram, out NanObservations nan)
    {
        nan = NanObservations.None;
        if (quantile is < 0 or > 1)
        {
            return quantile < 0 ? double.NegativeInfinity : double.PositiveInfinity;
        }

        if (histogram.Count == 0 || double.IsNaN(quantile))
        {
            return double.NaN;
        }

        // The sum is NaN when there may be observations of NaN. As only the count tells of them, ranks then count upwards; else
        // from the nearer end.
        OrderedBuckets buckets = new(histogram);
        bool upwards = double.IsNaN(histogram.Sum) || quantile < 0.5;
        double rank = (upwards ? quantile : 1 - quantile) * histogram.Count;
        int number = FindBucket(in buckets, rank, upwards, out double count);
        HistogramBucket bucket = number < 0 ? default : EndAtZero(histogram, buckets[number]);
        if (histogram.HasCustomBuckets && TryAtOpenEnd(ref bucket, out double bound))
        {
            return bound;
        }

        // Sums of bucket counts may come out higher than the count by rounding.
        count = Math.Min(count, histogram.Count);
        if (count < rank)
        {
            nan = double.IsNaN(histogram.Sum) ? NanObservations.Result : NanObservations.None;
            return nan == NanObservations.Result ? double.NaN : bucket.Upper;
        }

        if (double.IsNaN(histogram.Sum) && Total(in buckets) < histogram.Count)
        {
            nan = NanObservations.Skew;
        }

        double fraction = (upwards ? rank - (count - bucket.Count) : count - rank) / bucket.Count;
        return ValueAt(fraction, in bucket, isLinear: histogram.HasCustomBuckets);
    }

    /// <summary>The share of observations between two values, interpolated within their buckets.</summary>
    public static double Fraction(double lower, double upper, FloatHistogram histogram, out NanObservations nan)
    {
        nan = NanObservations.None;
        if (histogram.Count == 0 || double.IsNaN(lower) || double.IsNaN(upper))
        {
            return double.NaN;
        }

        if (lower >= upper)
        {
            return 0;
        }

        OrderedBuckets buckets = new(histogram);
        double count = histogram.Count;
        if (double.IsNaN(histogram.Sum))
        {
            count = Total(in buckets);
            nan = count < histogram.Count ? NanObservations.Skew : NanObservations.None;
        }

        double lowerRank = Math.Min(RankOf(lower, histogram, in buckets) ?? count, count);
        double upperRank = Math.Min(RankOf(upper, histogram, in buckets) ?? count, count);
        return (upperRank - lowerRank) / histogram.Count;
    }

    /// <summary>The variance of the observations, each taken to be the middle of its bucket.</summary>
    public static double Variance(FloatHistogram histogram)
    {
        OrderedBuckets buckets = new(histogram);
        double mean = histogram.Sum / histogram.Count;
        double squares = 0;
        double lost = 0;
        for (int number = 0; number < buckets.Length; number++)
        {
            if (buckets.Count(number) == 0)
            {
                continue;
            }

            HistogramBucket bucket = buckets[number];
            double delta = Middle(in bucket, isLinear: histogram.HasCustomBuckets) - mean;
            KahanSum.Add(bucket.Count * delta * delta, ref squares, ref lost);
        }

        return (squares + lost) / histogram.Count;
    }

    /// <summary>The mean of the ends of a bucket, a geometric one where buckets are exponential; zero in the zero bucket.</summary>
    private static double Middle(in HistogramBucket bucket, bool isLinear)
    {
        if (isLinear)
        {
            return (bucket.Upper + bucket.Lower) / 2;
        }

        if (bucket.Lower <= 0 && bucket.Upper >= 0)
        {
            return 0;
        }

        double middle = Math.Sqrt(bucket.Upper * bucket.Lower);
        return bucket.Upper < 0 ? -middle : middle;
    }

    /// <summary>The first bucket at which the observations so far reach a rank; the last one when they do not.</summary>
    private static int FindBucket(in OrderedBuckets buckets, double rank, bool upwards, out double count)
    {
        count = 0;
        int found = -1;
        for (int step = 0; step < buckets.Length; step++)
        {
            found = upwards ? step : buckets.Length - 1 - step;
            double inBucket = buckets.Count(found);
            if (inBucket == 0)
            {
                continue;
            }

            count += inBucket;
            if (count >= rank)
            {
                break;
            }
        }

        return found;
    }

    /// <summary>Where all other observations have one sign, those in the zero bucket are taken to have it too.</summary>
    private static HistogramBucket EndAtZero(FloatHistogram histogram, HistogramBucket bucket)
    {
        if (histogram.HasCustomBuckets || bucket.Lower >= 0 || bucket.Upper <= 0)
        {
            return bucket;
        }

        bool hasNegative = !histogram.NegativeBuckets.IsEmpty;
        bool hasPositive = !histogram.PositiveBuckets.IsEmpty;
        return hasPositive && !hasNegative ? bucket with { Lower = 0 }
            : hasNegative && !hasPositive ? bucket with { Upper = 0 }
            : bucket;
    }

    /// <summary>
    /// In a custom bucket without end on one side there is no telling how far: its other end is the answer. Only a first bucket
    /// that reaches above zero is taken to begin there.
    /// </summary>
    private static bool TryAtOpenEnd(ref HistogramBucket bucket, out double bound)
    {
        bound = 0;
        if (double.IsNegativeInfinity(bucket.Lower))
        {
            bound = bucket.Upper;
            bool isAnswer = bucket.Upper <= 0;
            bucket = bucket with { Lower = 0 };
            return isAnswer;
        }

        bound = bucket.Lower;
        return double.IsPositiveInfinity(bucket.Upper);
    }

    private static double Total(in OrderedBuckets buckets)
    {
        double total = 0;
        for (int number = 0; number < buckets.Length; number++)
        {
            total += buckets.Count(number);
        }

        return total;
    }

    private static double ValueAt(double fraction, in HistogramBucket bucket, bool isLinear)
    {
        if (isLinear || (bucket.Lower <= 0 && bucket.Upper >= 0))
        {
            return bucket.Lower + ((bucket.Upper - bucket.Lower) * fraction);
        }

        double logLower = Math.Log2(Math.Abs(bucket.Lower));
        double logUpper = Math.Log2(Math.Abs(bucket.Upper));
        return bucket.Lower > 0
            ? Math.Pow(2, logLower + ((logUpper - logLower) * fraction))
            : -Math.Pow(2, logUpper + ((logLower - logUpper) * (1 - fraction)));
    }

    /// <summary>How many observations lie below a value; null when it is above all buckets.</summary>
    private static double? RankOf(double value, FloatHistogram histogram, in OrderedBuckets buckets)
    {
        double rank = 0;
        for (int number = 0; number < buckets.Length; number++)
        {
            double count = buckets.Count(number);
            if (count == 0)
            {
                continue;
            }

            HistogramBucket bucket = buckets[number];
            bool isZeroBucket = bucket.Lower <= 0 && bucket.Upper >= 0;
            bucket = isZeroBucket ? EndAtZeroOrOpen(histogram, bucket) : bucket;
            if (bucket.Lower >= value)
            {
                return rank;
            }

            if (bucket.Upper > value)
            {
                return RankWithin(value, in bucket, rank, isLinear: histogram.HasCustomBuckets || isZeroBucket);
            }

            rank += count;
        }

        return null;
    }

    /// <summary>A custom bucket around zero begins there too when there are no others below, which there never are.</summary>
    private static HistogramBucket EndAtZeroOrOpen(FloatHistogram histogram, HistogramBucket bucket) =>
        histogram.HasCustomBuckets ? bucket with { Lower = 0 } : EndAtZero(histogram, bucket);

    private static double RankWithin(double value, in HistogramBucket bucket, double rank, bool isLinear)
    {
        if (isLinear)
        {
            // A bucket without end on one side cannot be cut in parts.
            return double.IsNegativeInfinity(bucket.Lower)
                ? bucket.Count
                : rank + (bucket.Count * (value - bucket.Lower) / (bucket.Upper - bucket.Lower));
        }

        double logLower = Math.Log2(Math.Abs(bucket.Lower));
        double logUpper = Math.Log2(Math.Abs(bucket.Upper));
        double logValue = Math.Log2(Math.Abs(value));
        double fraction = value > 0
            ? (logValue - logLower) / (logUpper - logLower)
            : 1 - ((logValue - logUpper) / (logLower - logUpper));
        return rank + (bucket.Count * fraction);
    }
}
