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
    /// <summary>A gap at an end of the window is extrapolated over when it is shorter than this many sample intervals.</summary>
    private const double ThresholdIntervals = 1.1;

    /// <summary>The places of samples that are smaller than the one before: few, so each is looked at, not each sample.</summary>
    private readonly List<int> _resets = [];
    private double[] _valuesBeforeReset = [];
    private int _nextReset;

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

        return result * ExtrapolationFactor(in window, window.Timestamps, window.Values[0], result);
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
            double factor = ExtrapolationFactor(
                in window, window.HistogramTimestamps, window.Histograms[0].Count, increase.Count);
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

    /// <param name="window">Where the samples lie.</param>
    /// <param name="timestamps">The times of the samples.</param>
    /// <param name="first">The value of the first sample, or how many observations it has.</param>
    /// <param name="increase">By how much that grew up to the last one.</param>
    private double ExtrapolationFactor(in Window window, ReadOnlySpan<long> timestamps, double first, double increase)
    {
        long firstMs = timestamps[0];
        long lastMs = timestamps[^1];
        double toStart = (firstMs - window.StartMs) / 1000.0;
        double toEnd = (window.EndMs - lastMs) / 1000.0;
        double sampled = (lastMs - firstMs) / 1000.0;
        double averageInterval = sampled / (timestamps.Length - 1);
        double threshold = averageInterval * ThresholdIntervals;
        if (toStart >= threshold)
        {
            toStart = averageInterval / 2;
        }

        if (isCounter && increase > 0 && first >= 0)
        {
            // A counter cannot have been below zero, so it is not extrapolated beyond where it would have been zero.
            toStart = Math.Min(toStart, sampled * (first / increase));
        }

        if (toEnd >= threshold)
        {
            toEnd = averageInterval / 2;
        }

        double factor = (sampled + toStart + toEnd) / sampled;
        return perSecond ? factor / (window.RangeMs / 1000.0) : factor;
    }
}
