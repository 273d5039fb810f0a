using System.Globalization;

namespace AmpEdge.Prometheus;

/// <summary>Says why a histogram cannot be: parts that do not agree, or numbers that no counting gives.</summary>
internal static class HistogramProblem
{
    /// <summary>More buckets than this on one side are no histogram that anyone can mean.</summary>
    private const ulong MaxBuckets = HistogramMessage.MaxBuckets;

    /// <summary>
    /// The reason, or null. Whether the buckets add up to the count is left to who stores the histogram: pages that were
    /// written while it changed need not agree in that.
    /// </summary>
    public static string? Find(Histogram histogram) =>
        FindInSchema(histogram)
        ?? FindInSide("positive", histogram.Positive)
        ?? FindInSide("negative", histogram.Negative);

    private static string? FindInSchema(Histogram histogram)
    {
        if (!histogram.HasCustomBuckets)
        {
            return histogram.Schema is >= Histogram.MinSchema and <= Histogram.MaxReservedSchema
                ? null
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"histogram has the unknown schema {histogram.Schema}, known are -4 to 8 and -53");
        }

        double before = double.NegativeInfinity;
        foreach (double bound in histogram.CustomValues)
        {
            if (!(bound > before) || double.IsPositiveInfinity(bound))
            {
                return "histogram's custom bounds are not in ascending order or not finite";
            }

            before = bound;
        }

        return histogram.Negative.BucketCount > 0 ? "histogram with custom bounds has buckets below zero" : null;
    }

    private static string? FindInSide(string side, HistogramSide buckets)
    {
        ulong expected = 0;
        for (int index = 0; index < buckets.Spans.Length; index++)
        {
            if (index > 0 && buckets.Spans[index].Offset < 0)
            {
                return $"{side} side: histogram has a span whose offset is negative";
            }

            expected += buckets.Spans[index].Length;
        }

        if (expected != (ulong)buckets.BucketCount || expected > MaxBuckets)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{side} side: histogram spans specify {expected} buckets, but {buckets.BucketCount} are provided");
        }

        bool isNegative = buckets.Counts.ContainsAnyInRange(long.MinValue, -1);
        foreach (double count in buckets.FloatCounts)
        {
            isNegative |= count < 0;
        }

        return isNegative ? $"{side} side: histogram has a bucket whose observation count is negative" : null;
    }
}
