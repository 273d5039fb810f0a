using System.Collections.Immutable;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// Whether a counter was reset between two native histograms of a series: anything that counting cannot do, such as a bucket
/// that lost observations, a finer resolution or a narrower zero bucket.
/// </summary>
public static class HistogramResets
{
    /// <summary>What the later one says of itself wins; histograms of gauges are compared like those of counters.</summary>
    public static bool IsReset(FloatHistogram current, FloatHistogram previous)
    {
        if (current.CounterResetHint is CounterResetHint.Reset or CounterResetHint.NotReset)
        {
            return current.CounterResetHint == CounterResetHint.Reset;
        }

        if (current.Count < previous.Count)
        {
            return true;
        }

        if (current.HasCustomBuckets)
        {
            return !previous.HasCustomBuckets || (CustomBounds.Match(current.CustomValues, previous.CustomValues)
                ? HasFallen(current.PositiveSide(), previous.PositiveSide(), 0, BucketMap.Same)
                : HasFallenInSharedBounds(current, previous));
        }

        return previous.HasCustomBuckets
            || current.Schema > previous.Schema
            || current.ZeroThreshold < previous.ZeroThreshold
            || HasFallen(current, previous);
    }

    private static bool HasFallen(FloatHistogram current, FloatHistogram previous)
    {
        double threshold = current.ZeroThreshold;
        int positiveInside = 0;
        int negativeInside = 0;
        double zeroCount = previous.ZeroCount;
        if (threshold != previous.ZeroThreshold)
        {
            // A bucket that the wider zero bucket cuts through cannot have come from counting on.
            if (ZeroBucket.Widen(previous, threshold) != threshold)
            {
                return true;
            }

            positiveInside = CountInside(previous, previous.PositiveSide(), threshold, ref zeroCount);
            negativeInside = CountInside(previous, previous.NegativeSide(), threshold, ref zeroCount);
        }

        BucketMap map = BucketMap.BetweenSchemas(previous.Schema, current.Schema);
        return current.ZeroCount < zeroCount
            || HasFallen(current.PositiveSide(), previous.PositiveSide(), positiveInside, map)
            || HasFallen(current.NegativeSide(), previous.NegativeSide(), negativeInside, map);
    }

    private static int CountInside(FloatHistogram histogram, HistogramSideView side, double threshold, ref double zeroCount)
    {
        int inside = ZeroBucket.CountInside(histogram.Schema, side.Spans, side.Counts, threshold);
        foreach (double count in side.Counts[..inside])
        {
            zeroCount += count;
        }

        return inside;
    }

    /// <summary>A bucket had more observations before than now.</summary>
    private static bool HasFallen(HistogramSideView current, HistogramSideView previous, int skipped, BucketMap map)
    {
        BucketCursor now = current.Walk(BucketMap.Same);
        BucketCursor before = previous.Walk(BucketMap.Same);
        bool hasNow = now.MoveNext();
        double sum = 0;
        int index = 0;
        while (before.MoveNext())
        {
            if (before.Position <= skipped)
            {
                continue;
            }

            // Of a coarser bucket the sum grows with each finer one; it has fallen as soon as the sum so far is too much.
            int target = map.Target(before.Index);
            sum = target == index ? sum + before.Count : before.Count;
            index = target;
            while (hasNow && now.Index < index)
            {
                hasNow = now.MoveNext();
            }

            if (hasNow && now.Index == index ? now.Count < sum : before.Count != 0)
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasFallenInSharedBounds(FloatHistogram current, FloatHistogram previous)
    {
        ImmutableArray<double> shared = CustomBounds.Intersect(current.CustomValues, previous.CustomValues);
        double[] now = Rebucket(current, shared);
        double[] before = Rebucket(previous, shared);
        for (int bucket = 0; bucket < now.Length; bucket++)
        {
            if (now[bucket] < before[bucket])
            {
                return true;
            }
        }

        return false;
    }

    private static double[] Rebucket(FloatHistogram histogram, ImmutableArray<double> bounds)
    {
        double[] counts = new double[bounds.Length + 1];
        BucketCursor buckets = histogram.PositiveSide().Walk(
            BucketMap.ByTable(CustomBounds.Table(histogram.CustomValues, bounds)));
        while (buckets.MoveNext())
        {
            counts[buckets.Index] += buckets.Count;
        }

        return counts;
    }
}
