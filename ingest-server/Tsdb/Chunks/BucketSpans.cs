using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>Brings the buckets of histograms of one series into one layout.</summary>
internal static class BucketSpans
{
    /// <summary>Whether the first spans have all buckets that the others have.</summary>
    public static bool Cover(ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<HistogramSpan> others)
    {
        BucketWalk walk = new(spans);
        BucketWalk other = new(others);
        while (other.MoveNext())
        {
            do
            {
                if (!walk.MoveNext() || walk.Index > other.Index)
                {
                    return false;
                }
            }
            while (walk.Index < other.Index);
        }

        return true;
    }

    /// <summary>Spans that have the buckets of both.</summary>
    public static HistogramSpan[] Unite(ReadOnlySpan<HistogramSpan> left, ReadOnlySpan<HistogramSpan> right)
    {
        List<HistogramSpan> united = [];
        BucketWalk leftWalk = new(left);
        BucketWalk rightWalk = new(right);
        leftWalk.MoveNext();
        rightWalk.MoveNext();
        long next = 0;
        while (leftWalk.HasBucket || rightWalk.HasBucket)
        {
            bool takesLeft = leftWalk.HasBucket && (!rightWalk.HasBucket || leftWalk.Index <= rightWalk.Index);
            bool takesRight = rightWalk.HasBucket && (!leftWalk.HasBucket || rightWalk.Index <= leftWalk.Index);
            long index = takesLeft ? leftWalk.Index : rightWalk.Index;
            if (united.Count > 0 && index == next)
            {
                united[^1] = united[^1] with { Length = united[^1].Length + 1 };
            }
            else
            {
                united.Add(new HistogramSpan((int)(index - next), 1));
            }

            next = index + 1;
            _ = takesLeft && leftWalk.MoveNext();
            _ = takesRight && rightWalk.MoveNext();
        }

        return [.. united];
    }

    /// <summary>
    /// Fills a side with the counts of another one, laid out by spans that have all its buckets; further ones are zero.
    /// </summary>
    public static void Spread(HistogramSide source, bool isFloat, ReadOnlySpan<HistogramSpan> spans, HistogramSide target)
    {
        target.Clear();
        foreach (HistogramSpan span in spans)
        {
            target.AddSpan(span);
        }

        BucketWalk from = new(source.Spans);
        BucketWalk to = new(spans);
        from.MoveNext();
        while (to.MoveNext())
        {
            bool has = from.HasBucket && from.Index == to.Index;
            if (isFloat)
            {
                target.AddFloatCount(has ? source.FloatCounts[from.Place] : 0);
            }
            else
            {
                target.AddCount(has ? source.Counts[from.Place] : 0);
            }

            _ = has && from.MoveNext();
        }

        Invariant.Require(!from.HasBucket, "a histogram has buckets that its chunk was not made to have");
    }
}
