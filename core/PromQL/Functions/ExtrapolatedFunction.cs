using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// <c>rate</c>, <c>increase</c> and <c>delta</c>: the difference between the ends of a window, corrected for counter
/// resets and extrapolated to the whole window where the series seems to cover it.
/// </summary>
internal sealed class ExtrapolatedFunction(
    bool isCounter, bool perSecond, CounterNameHint nameHint)
    : WindowFunction
{
    /// <summary>The places of samples that are smaller than the one before: few, so each is looked at, not each sample.</summary>
    private readonly List<int> _resets = [];
    private double[] _valuesBeforeReset = [];
    private int _nextReset;

    /// <summary>What follows from the times of a window alone, by its place in the run that it was computed for.</summary>
    private WindowTimes[] _times = [];
    private int _timesVersion;
    private int _timesStep;

    private readonly HistogramIncrease _histograms = new(isCounter);

    public override void BeginSeries(ReadOnlySpan<double> values)
    {
        _resets.Clear();
        _nextReset = 0;
        if (!isCounter)
        {
            return;
        }

        if (_valuesBeforeReset.Length < values.Length)
        {
            _valuesBeforeReset = new double[values.Length];
        }

        for (int index = 1; index < values.Length; index++)
        {
            if (values[index] < values[index - 1])
            {
                _resets.Add(index);
                _valuesBeforeReset[index] = values[index - 1];
            }
        }
    }

    public override double Evaluate(in Window window)
    {
        if (window.Count < 2)
        {
            return Missing.Value;
        }

        double result = window.Values[^1] - window.Values[0];
        if (isCounter && _resets.Count > 0)
        {
            result = AddResets(result, window.FirstIndex, window.FirstIndex + window.Count);
        }

        WindowTimes times = new(window.Timestamps, window.StartMs, window.EndMs);
        return result * Factor(in times, window.RangeMs, window.Values[0], result);
    }

    public override void EvaluateAll(in SeriesWindows windows, Span<double> results)
    {
        MeasureTimes(in windows);
        ReadOnlySpan<WindowTimes> times = _times;
        ReadOnlySpan<double> values = windows.Values;
        bool hasResets = isCounter && _resets.Count > 0;
        long rangeMs = windows.RangeMs;
        for (int index = 0; index < results.Length; index++)
        {
            int firstIndex = windows.Firsts[index];
            int endIndex = windows.Ends[index];
            if (endIndex - firstIndex < 2)
            {
                results[index] = Missing.Value;
                continue;
            }

            double first = values[firstIndex];
            double result = values[endIndex - 1] - first;
            if (hasResets)
            {
                result = AddResets(result, firstIndex, endIndex);
            }

            results[index] = result * Factor(in times[index], rangeMs, first, result);
        }
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

        if (window.Histograms.Length > 1 && _histograms.Of(window.Histograms, Notes) is { } increase)
        {
            WindowTimes times = new(window.HistogramTimestamps, window.StartMs, window.EndMs);
            double factor = Factor(in times, window.RangeMs, window.Histograms[0].Count, increase.Count);
            histogram = HistogramScaling.Multiply(increase, factor);
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

    /// <summary>Adds what the counter had reached before each reset inside the window, whose first sample counts from.</summary>
    private double AddResets(double result, int firstIndex, int endIndex)
    {
        while (_nextReset < _resets.Count && _resets[_nextReset] <= firstIndex)
        {
            _nextReset++;
        }

        for (int reset = _nextReset; reset < _resets.Count && _resets[reset] < endIndex; reset++)
        {
            result += _valuesBeforeReset[_resets[reset]];
        }

        return result;
    }

    /// <summary>Series with the same times as the one before share what follows from them.</summary>
    private void MeasureTimes(in SeriesWindows windows)
    {
        if (windows.TimesVersion == _timesVersion && windows.FirstStep == _timesStep && _times.Length >= windows.Count)
        {
            return;
        }

        _timesVersion = windows.TimesVersion;
        _timesStep = windows.FirstStep;
        if (_times.Length < windows.Count)
        {
            _times = new WindowTimes[windows.Count];
        }

        for (int index = 0; index < windows.Count; index++)
        {
            if (windows.Ends[index] - windows.Firsts[index] >= 2)
            {
                long endMs = windows.EndMs(index);
                _times[index] = new WindowTimes(
                    windows.Timestamps[windows.Firsts[index]..windows.Ends[index]], endMs - windows.RangeMs, endMs);
            }
        }
    }

    /// <param name="times">Where the samples of the window lie.</param>
    /// <param name="rangeMs">How long the window is.</param>
    /// <param name="first">The value of the first sample, or how many observations it has.</param>
    /// <param name="increase">By how much that grew up to the last one.</param>
    private double Factor(in WindowTimes times, long rangeMs, double first, double increase)
    {
        double factor = times.Factor;
        if (isCounter && increase > 0 && first >= 0 && times.MayReachZero(first, increase))
        {
            // A counter cannot have been below zero, so it is not extrapolated beyond where it would have been zero.
            factor = times.FactorFrom(times.Sampled * (first / increase));
        }

        return perSecond ? factor / (rangeMs / 1000.0) : factor;
    }
}
