using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>How far the zero bucket of a native histogram reaches when it has to be widened.</summary>
internal static class ZeroBucket
{
    /// <summary>
    /// The least threshold, from <paramref name="threshold"/> on, that cuts through no bucket with observations: where it would,
    /// it moves to the bucket's end.
    /// </summary>
    public static double Widen(FloatHistogram histogram, double threshold)
    {
        double before;
        do
        {
            before = threshold;
            threshold = WidenOverSide(histogram, histogram.PositiveSpans.AsSpan(), histogram.PositiveBuckets.AsSpan(), threshold);
            threshold = WidenOverSide(histogram, histogram.NegativeSpans.AsSpan(), histogram.NegativeBuckets.AsSpan(), threshold);
        }
        while (threshold > before);
        return threshold;
    }

    /// <summary>How many of the first buckets of a side lie inside a threshold.</summary>
    public static int CountInside(
        int schema, ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts, double threshold)
    {
        BucketCursor buckets = new(spans, counts, BucketMap.Same);
        int inside = 0;
        while (buckets.MoveNext() && HistogramBounds.Of(schema, buckets.Index, default) <= threshold)
        {
            inside++;
        }

        return inside;
    }

    /// <summary>The threshold lies between the ends of a bucket.</summary>
    public static bool IsCut(int schema, int index, double threshold) =>
        HistogramBounds.Of(schema, index - 1, default) < threshold && HistogramBounds.Of(schema, index, default) > threshold;

    private static double WidenOverSide(
        FloatHistogram histogram, ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts, double threshold)
    {
        BucketCursor buckets = new(spans, counts, BucketMap.Same);
        while (buckets.MoveNext())
        {
            if (buckets.Count != 0 && IsCut(histogram.Schema, buckets.Index, threshold))
            {
                return HistogramBounds.Of(histogram.Schema, buckets.Index, default);
            }
        }

        return threshold;
    }
}
