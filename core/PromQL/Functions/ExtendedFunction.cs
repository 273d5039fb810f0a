using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// <c>rate</c>, <c>increase</c> and <c>delta</c> over an anchored or smoothed range: the difference between the values at
/// the ends of the window, corrected for counter resets. Nothing is extrapolated.
/// </summary>
internal sealed class ExtendedFunction(
    bool isCounter, bool perSecond, bool smoothed, CounterNameHint nameHint)
    : WindowFunction
{
    private readonly ExtendedHistogramIncrease _histograms = new(isCounter, smoothed);

    public override double Evaluate(in Window window)
    {
        if (!WindowBounds.TryFind(in window, smoothed, isCounter, out WindowBounds bounds)
            || (smoothed && window.Timestamps[bounds.First] > window.EndMs))
        {
            return Missing.Value;
        }

        double result = bounds.Right - bounds.Left;
        if (isCounter)
        {
            result += LostInResets(in window, in bounds);
        }

        return perSecond ? result / (window.RangeMs / 1000.0) : result;
    }

    /// <summary>Histograms alone: floats beside them are a mix that has no rate.</summary>
    public override double EvaluateMixed(in Window window, out FloatHistogram? histogram)
    {
        histogram = null;
        if (window.Count > 0)
        {
            Notes?.MixedWithFloats();
            return Missing.Value;
        }

        histogram = _histograms.Of(in window, Notes);
        if (perSecond && histogram is not null)
        {
            histogram = HistogramScaling.Divide(histogram, window.RangeMs / 1000.0);
        }

        return Missing.Value;
    }

    public override void EndSeries(Labels labels)
    {
        if (isCounter)
        {
            nameHint.Look(labels);
        }
    }

    /// <summary>What the counter had reached before each reset inside the window. Interpolation has seen to those at its ends.</summary>
    private static double LostInResets(in Window window, in WindowBounds bounds)
    {
        int first = bounds.First + (window.Timestamps[bounds.First] <= window.StartMs ? 1 : 0);
        int last = bounds.Last - (window.Timestamps[bounds.Last] >= window.EndMs ? 1 : 0);
        double lost = 0;
        double previous = bounds.Left;
        for (int index = first; index <= last; index++)
        {
            double value = window.Values[index];
            lost += value < previous ? previous : 0;
            previous = value;
        }

        return bounds.Right < previous ? lost + previous : lost;
    }
}
