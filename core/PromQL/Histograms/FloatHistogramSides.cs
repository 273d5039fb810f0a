using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>The two sides of a native histogram, for code that treats them alike.</summary>
internal static class FloatHistogramSides
{
    public static HistogramSideView PositiveSide(this FloatHistogram histogram) =>
        new(histogram.PositiveSpans.AsSpan(), histogram.PositiveBuckets.AsSpan());

    public static HistogramSideView NegativeSide(this FloatHistogram histogram) =>
        new(histogram.NegativeSpans.AsSpan(), histogram.NegativeBuckets.AsSpan());
}
