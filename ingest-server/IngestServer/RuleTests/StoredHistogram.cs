using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.IngestServer.RuleTests;

/// <summary>
/// Native histograms as they come back from a store, which knows of each whether the counter was reset since the one before.
/// </summary>
internal static class StoredHistogram
{
    /// <summary>The histogram with the hint that a store gives it.</summary>
    /// <param name="histogram">What is stored.</param>
    /// <param name="before">The histogram right before it, if that was one.</param>
    public static FloatHistogram Of(FloatHistogram histogram, FloatHistogram? before)
    {
        if (histogram.CounterResetHint == CounterResetHint.Gauge || histogram.IsStale)
        {
            return histogram;
        }

        CounterResetHint hint = before is null || before.IsStale ? CounterResetHint.Unknown
            : HistogramResets.IsReset(histogram, before) ? CounterResetHint.Reset
            : CounterResetHint.NotReset;
        return hint == histogram.CounterResetHint ? histogram : WithHint(histogram, hint);
    }

    private static FloatHistogram WithHint(FloatHistogram histogram, CounterResetHint hint) => new()
    {
        CounterResetHint = hint,
        Schema = histogram.Schema,
        Sum = histogram.Sum,
        Count = histogram.Count,
        ZeroCount = histogram.ZeroCount,
        ZeroThreshold = histogram.ZeroThreshold,
        PositiveSpans = histogram.PositiveSpans,
        PositiveBuckets = histogram.PositiveBuckets,
        NegativeSpans = histogram.NegativeSpans,
        NegativeBuckets = histogram.NegativeBuckets,
        CustomValues = histogram.CustomValues,
    };
}
