namespace AmpEdge.Tsdb;

/// <summary>The lengths that blocks grow through: each three times the one before, as in Prometheus.</summary>
internal static class BlockRanges
{
    private const int Factor = 3;

    /// <summary>The share of the retention that the longest block may span: what one deletion of a block gives up at once.</summary>
    private const int RetentionShare = 10;

    private static readonly TimeSpan s_longest = TimeSpan.FromDays(31);

    /// <summary>
    /// The ranges in ms, rising, from that of a head's block up to a tenth of the retention and 31 days at most. There is
    /// always the first one.
    /// </summary>
    public static long[] For(TimeSpan blockRange, TimeSpan retention)
    {
        TimeSpan share = retention / RetentionShare;
        double longestMs = (share < s_longest ? share : s_longest).TotalMilliseconds;
        List<long> ranges = [(long)blockRange.TotalMilliseconds];
        while (ranges[^1] * (double)Factor <= longestMs)
        {
            ranges.Add(ranges[^1] * Factor);
        }

        return [.. ranges];
    }

    /// <summary>The multiple of a range that a time lies at or behind; also for times before 1970.</summary>
    public static long StartOf(long timestampMs, long rangeMs)
    {
        long ranges = Math.DivRem(timestampMs, rangeMs, out long rest) - (rest < 0 ? 1 : 0);
        return ranges * rangeMs;
    }

    /// <summary>The first multiple of a range behind a time, or the end of time.</summary>
    public static long EndOf(long timestampMs, long rangeMs)
    {
        long startMs = StartOf(timestampMs, rangeMs);
        return startMs > long.MaxValue - rangeMs ? long.MaxValue : startMs + rangeMs;
    }
}
