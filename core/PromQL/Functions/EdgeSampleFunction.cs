using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>The first or last sample of a window, float or native histogram, or its time.</summary>
internal sealed class EdgeSampleFunction(bool wantLast, bool wantTime) : WindowFunction
{
    public override bool KeepsName => !wantTime;

    public override double Evaluate(in Window window)
    {
        Index at = wantLast ? ^1 : 0;
        return wantTime ? window.Timestamps[at] / 1000.0 : window.Values[at];
    }

    public override double EvaluateMixed(in Window window, out FloatHistogram? histogram)
    {
        Index at = wantLast ? ^1 : 0;
        histogram = null;
        bool isFloat = window.Count > 0 && (wantLast
            ? window.Timestamps[at] > window.HistogramTimestamps[at]
            : window.Timestamps[at] < window.HistogramTimestamps[at]);
        if (isFloat)
        {
            return Evaluate(in window);
        }

        if (wantTime)
        {
            return window.HistogramTimestamps[at] / 1000.0;
        }

        histogram = window.Histograms[at];
        return Missing.Value;
    }
}
