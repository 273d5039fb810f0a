using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// How often something happens from one sample of a window to the next: <c>changes</c> and <c>resets</c>. That a float follows
/// a native histogram, or the other way round, always counts.
/// </summary>
/// <param name="count">How often it happens among floats alone.</param>
/// <param name="happens">Whether it happens between two histograms, the later one first.</param>
internal sealed class SuccessionFunction(WindowReducer count, Func<FloatHistogram, FloatHistogram, bool> happens)
    : WindowFunction
{
    public override double Evaluate(in Window window) => count(in window);

    public override double EvaluateMixed(in Window window, out FloatHistogram? histogram)
    {
        histogram = null;
        double total = 0;
        int floats = 0;
        int histograms = 0;
        while (floats < window.Count || histograms < window.Histograms.Length)
        {
            int firstFloat = floats;
            while (floats < window.Count && IsBefore(in window, floats, histograms))
            {
                floats++;
            }

            if (floats > firstFloat)
            {
                total += CountAmongFloats(in window, firstFloat, floats) + (histograms > 0 ? 1 : 0);
            }

            int firstHistogram = histograms;
            while (histograms < window.Histograms.Length && !IsBefore(in window, floats, histograms))
            {
                total += histograms > firstHistogram && happens(window.Histograms[histograms], window.Histograms[histograms - 1])
                    ? 1
                    : 0;
                histograms++;
            }

            total += histograms > firstHistogram && floats > 0 ? 1 : 0;
        }

        return total;
    }

    private static bool IsBefore(in Window window, int floatIndex, int histogramIndex) =>
        histogramIndex == window.Histograms.Length
        || (floatIndex < window.Count && window.Timestamps[floatIndex] < window.HistogramTimestamps[histogramIndex]);

    private double CountAmongFloats(in Window window, int first, int end)
    {
        Window run = new(
            window.Timestamps[first..end], window.Values[first..end], window.FirstIndex + first, window.EndMs, window.RangeMs,
            window.Step, window.TimeMs);
        return count(in run);
    }
}
