using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary><c>irate</c> and <c>idelta</c>: the difference of the last two samples of a window.</summary>
internal sealed class InstantChangeFunction(bool isRate) : WindowFunction
{
    private readonly HistogramAccumulator _change = new(compensated: false);

    public override double Evaluate(in Window window)
    {
        if (window.Count < 2)
        {
            return Missing.Value;
        }

        return Change(window.Values[^1], window.Values[^2], window.Timestamps[^1] - window.Timestamps[^2]);
    }

    public override void EvaluateAll(in SeriesWindows windows, Span<double> results)
    {
        ReadOnlySpan<long> timestamps = windows.Timestamps;
        ReadOnlySpan<double> values = windows.Values;
        for (int index = 0; index < results.Length; index++)
        {
            int end = windows.Ends[index];
            results[index] = end - windows.Firsts[index] < 2
                ? Missing.Value
                : Change(values[end - 1], values[end - 2], timestamps[end - 1] - timestamps[end - 2]);
        }
    }

    private double Change(double last, double previous, long milliseconds)
    {
        if (!isRate)
        {
            return last - previous;
        }

        // After a reset the counter has gone from zero to its value.
        double increase = last < previous ? last : last - previous;
        return increase / (milliseconds / 1000.0);
    }

    /// <summary>Of all samples the last two count, whichever they are.</summary>
    public override double EvaluateMixed(in Window window, out FloatHistogram? histogram)
    {
        histogram = null;
        int floats = CountAmongLastTwo(in window);
        if (window.Count + window.Histograms.Length < 2)
        {
            return Missing.Value;
        }

        if (floats == 2)
        {
            return Evaluate(in window);
        }

        if (floats == 1)
        {
            Notes?.MixedWithFloats();
            return Missing.Value;
        }

        histogram = Change(window.Histograms[^1], window.Histograms[^2], Seconds(window.HistogramTimestamps));
        return Missing.Value;
    }

    private FloatHistogram? Change(FloatHistogram last, FloatHistogram previous, double seconds)
    {
        bool isGauge = last.CounterResetHint == CounterResetHint.Gauge;
        bool wasGauge = previous.CounterResetHint == CounterResetHint.Gauge;
        if (isRate && (isGauge || wasGauge))
        {
            Notes?.NotACounter();
        }
        else if (!isRate && !(isGauge && wasGauge))
        {
            Notes?.NotAGauge();
        }

        _change.Load(last);
        if (!isRate || !HistogramResets.IsReset(last, previous))
        {
            HistogramCombination noticed = _change.Add(previous, factor: -1) & ~HistogramCombination.ResetsCollide;
            if (Notes?.Check(noticed, HistogramOperation.Subtraction) == false)
            {
                return null;
            }
        }

        _change.Hint = CounterResetHint.Gauge;
        FloatHistogram change = _change.ToHistogram(compact: true);
        return isRate ? HistogramScaling.Divide(change, seconds) : change;
    }

    /// <summary>How many of the last two samples are floats.</summary>
    private static int CountAmongLastTwo(in Window window)
    {
        int floats = 0;
        int histograms = 0;
        while (floats + histograms < 2)
        {
            long floatMs = floats < window.Count ? window.Timestamps[^(floats + 1)] : long.MinValue;
            long histogramMs = histograms < window.Histograms.Length
                ? window.HistogramTimestamps[^(histograms + 1)]
                : long.MinValue;
            if (floatMs == histogramMs)
            {
                break;
            }

            floats += floatMs > histogramMs ? 1 : 0;
            histograms += floatMs > histogramMs ? 0 : 1;
        }

        return floats;
    }

    private static double Seconds(ReadOnlySpan<long> timestamps) => (timestamps[^1] - timestamps[^2]) / 1000.0;
}
