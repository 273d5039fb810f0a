using System.Globalization;
using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Ingest;

/// <summary>
/// Reads native histograms out of messages and checks what the store takes for granted. Too many buckets are brought
/// within the bound by lowering the resolution, as the engine behind AMP does, where the schema lets that be done.
/// </summary>
/// <param name="maxBuckets">The most buckets of a histogram.</param>
internal sealed class HistogramCheck(int maxBuckets)
{
    private readonly int _maxBuckets = maxBuckets;

    /// <summary>The histogram read last; filled again for the next one.</summary>
    public Histogram Histogram { get; } = new();

    /// <summary>Fills <see cref="Histogram"/>; null when it can be stored.</summary>
    public HistogramProblem? Read(HistogramMessage message)
    {
        message.CopyTo(Histogram);
        if (Histogram.IsStale)
        {
            // Only the marker counts.
            Histogram.Clear();
            Histogram.IsFloat = message.IsFloat;
            Histogram.Sum = StaleMarker.Value;
            return null;
        }

        string? problem = Histogram.FindProblem() ?? FindInCounts() ?? FindInBounds();
        if (problem is not null)
        {
            return new HistogramProblem(DiscardReason.InvalidHistogram, problem);
        }

        if (Histogram.Schema > Histogram.MaxSchema)
        {
            Histogram.ReduceResolution(Histogram.MaxSchema);
        }

        int buckets = Histogram.BucketCount;
        while (Histogram.BucketCount > _maxBuckets && !Histogram.HasCustomBuckets && Histogram.Schema > Histogram.MinSchema)
        {
            Histogram.ReduceResolution(Histogram.Schema - 1);
        }

        return Histogram.BucketCount <= _maxBuckets
            ? null
            : new HistogramProblem(
                DiscardReason.TooManyBuckets,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"native histogram bucket count exceeded (actual: {buckets}, limit: {_maxBuckets})"));
    }

    private string? FindInCounts()
    {
        if (Histogram.IsFloat)
        {
            return Histogram.FloatCount < 0 || Histogram.FloatZeroCount < 0
                ? "histogram has a negative count of observations"
                : null;
        }

        ulong inBuckets = Histogram.ZeroCount + Sum(Histogram.Positive) + Sum(Histogram.Negative);
        bool isNaN = double.IsNaN(Histogram.Sum);
        if (inBuckets == Histogram.Count || (isNaN && inBuckets < Histogram.Count))
        {
            return null;
        }

        // Observations that are no number are counted and lie in no bucket.
        string rule = isNaN
            ? "histogram's observation count should be at least the number of observations found in the buckets"
            : "histogram's observation count should equal the number of observations found in the buckets (in absence of NaN)";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{inBuckets} observations found in buckets, but the Count field is {Histogram.Count}: {rule}");
    }

    private string? FindInBounds()
    {
        if (!Histogram.HasCustomBuckets)
        {
            return null;
        }

        long covered = 0;
        foreach (HistogramSpan span in Histogram.Positive.Spans)
        {
            if (span.Offset < 0)
            {
                return "histogram with custom bounds has a span whose offset is negative";
            }

            covered += span.Offset + span.Length;
        }

        return covered <= Histogram.CustomValues.Length + 1
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"only {Histogram.CustomValues.Length} custom bounds defined which is insufficient to cover total span length of {covered}");
    }

    private static ulong Sum(HistogramSide side)
    {
        ulong sum = 0;
        foreach (long count in side.Counts)
        {
            sum += (ulong)count;
        }

        return sum;
    }
}
