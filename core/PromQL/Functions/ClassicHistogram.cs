namespace AmpEdge.PromQL;

/// <summary>Estimates from the buckets of one classic histogram, which come by ascending boundary, each once.</summary>
internal static class ClassicHistogram
{
    // Differences this small are the work of rounding, not of missing data.
    private const double RoundingTolerance = 1e-12;
    private const double SmallestNormal = 2.2250738585072014e-308;

    /// <summary>
    /// Makes counts that fall from one bucket to the next equal to the one before. Says where that changed more than what
    /// rounding may do.
    /// </summary>
    public static ForcedMonotony ForceMonotonic(Span<ClassicBucket> buckets)
    {
        ForcedMonotony forced = ForcedMonotony.None;
        for (int index = 1; index < buckets.Length; index++)
        {
            double before = buckets[index - 1].Count;
            double count = buckets[index].Count;
            bool isRounding = count != before && NearlyEqual(before, count);
            if (isRounding || count < before)
            {
                forced = isRounding ? forced : forced.With(buckets[index].UpperBound, before - count);
                buckets[index] = buckets[index] with { Count = before };
            }
        }

        return forced;
    }

    /// <summary>
    /// The quantile, interpolated within its bucket; NaN without observations or without the bucket that ends at +Inf.
    /// </summary>
    public static double Quantile(double quantile, ReadOnlySpan<ClassicBucket> buckets)
    {
        if (double.IsNaN(quantile))
        {
            return double.NaN;
        }

        if (quantile is < 0 or > 1)
        {
            return quantile < 0 ? double.NegativeInfinity : double.PositiveInfinity;
        }

        if (buckets.Length < 2 || !double.IsPositiveInfinity(buckets[^1].UpperBound) || buckets[^1].Count == 0)
        {
            return double.NaN;
        }

        double rank = quantile * buckets[^1].Count;
        int bucket = 0;
        while (bucket < buckets.Length - 1 && !(buckets[bucket].Count >= rank))
        {
            bucket++;
        }

        double end = buckets[bucket].UpperBound;
        if (bucket == buckets.Length - 1)
        {
            return buckets[^2].UpperBound;
        }

        if (bucket == 0 && end <= 0)
        {
            return end;
        }

        double start = bucket == 0 ? 0 : buckets[bucket - 1].UpperBound;
        double countBefore = bucket == 0 ? 0 : buckets[bucket - 1].Count;
        return start + ((end - start) * ((rank - countBefore) / (buckets[bucket].Count - countBefore)));
    }

    /// <summary>The share of observations between two values, interpolated within their buckets.</summary>
    public static double Fraction(double lower, double upper, ReadOnlySpan<ClassicBucket> buckets)
    {
        if (!double.IsPositiveInfinity(buckets[^1].UpperBound) || buckets[^1].Count == 0
            || double.IsNaN(lower) || double.IsNaN(upper) || double.IsNaN(buckets[^1].Count))
        {
            return double.NaN;
        }

        return lower >= upper ? 0 : (RankOf(upper, buckets) - RankOf(lower, buckets)) / buckets[^1].Count;
    }

    // How many observations lie below a value. A bucket without end on one side cannot be cut in parts.
    private static double RankOf(double value, ReadOnlySpan<ClassicBucket> buckets)
    {
        double total = buckets[^1].Count;
        double rank = 0;
        for (int index = 0; index < buckets.Length; index++)
        {
            ClassicBucket bucket = buckets[index];
            double start = index > 0 ? buckets[index - 1].UpperBound
                : bucket.UpperBound > 0 ? 0 : double.NegativeInfinity;
            if (start >= value)
            {
                break;
            }

            if (bucket.UpperBound > value)
            {
                rank = double.IsInfinity(start)
                    ? bucket.Count
                    : rank + ((bucket.Count - rank) * (value - start) / (bucket.UpperBound - start));
                break;
            }

            rank = bucket.Count;
        }

        return Math.Min(rank, total);
    }

    private static bool NearlyEqual(double left, double right)
    {
        double sum = Math.Abs(left) + Math.Abs(right);
        double difference = Math.Abs(left - right);
        return left == 0 || right == 0 || sum < SmallestNormal
            ? difference < RoundingTolerance * SmallestNormal
            : difference / Math.Min(sum, double.MaxValue) < RoundingTolerance;
    }
}
