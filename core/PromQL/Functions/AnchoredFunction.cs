using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// A function over an anchored range: it sees the samples of the window and the last one at or before its start. Without a
/// sample inside the window there is no value.
/// </summary>
internal sealed class AnchoredFunction(WindowFunction inner) : WindowFunction
{
    public override bool KeepsName => inner.KeepsName;

    public override bool DependsOnStep => inner.DependsOnStep;

    public override void BeginSeries(ReadOnlySpan<double> values) => inner.BeginSeries(values);

    public override double Evaluate(in Window window)
    {
        if (window.Timestamps[^1] <= window.StartMs)
        {
            return Missing.Value;
        }

        Window anchored = window.From(WindowBounds.FirstOf(window.Timestamps, window.StartMs));
        return inner.Evaluate(in anchored);
    }

    /// <summary>Of floats and histograms together one is the last before the window.</summary>
    public override double EvaluateMixed(in Window window, out FloatHistogram? histogram)
    {
        long startMs = window.StartMs;
        int firstFloat = FirstOf(window.Timestamps, startMs);
        int firstHistogram = FirstOf(window.HistogramTimestamps, startMs);
        bool hasFloat = firstFloat < window.Count && window.Timestamps[firstFloat] <= startMs;
        bool hasHistogram = firstHistogram < window.Histograms.Length && window.HistogramTimestamps[firstHistogram] <= startMs;
        if (hasFloat && hasHistogram)
        {
            bool floatIsLater = window.Timestamps[firstFloat] > window.HistogramTimestamps[firstHistogram];
            firstFloat += floatIsLater ? 0 : 1;
            firstHistogram += floatIsLater ? 1 : 0;
        }

        Window anchored = window.From(firstFloat, firstHistogram);
        bool isInside = (anchored.Count > 0 && anchored.Timestamps[^1] > startMs)
            || (anchored.Histograms.Length > 0 && anchored.HistogramTimestamps[^1] > startMs);
        if (!isInside)
        {
            histogram = null;
            return Missing.Value;
        }

        if (!anchored.Histograms.IsEmpty)
        {
            return inner.EvaluateMixed(in anchored, out histogram);
        }

        histogram = null;
        return inner.Evaluate(in anchored);
    }

    public override void EndSeries(Labels labels) => inner.EndSeries(labels);

    private static int FirstOf(ReadOnlySpan<long> timestamps, long startMs) =>
        timestamps.IsEmpty ? 0 : WindowBounds.FirstOf(timestamps, startMs);
}
