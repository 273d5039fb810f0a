using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// How much the native histograms of an anchored or smoothed window have grown between its ends, with what counters had
/// reached before each reset added. Nothing is extrapolated.
/// </summary>
internal sealed class ExtendedHistogramIncrease(bool isCounter, bool smoothed)
{
    private readonly HistogramAccumulator _difference = new(compensated: false);
    private readonly HistogramInterpolation _interpolation = new();

    /// <summary>The growth, a gauge; null where the window has none, or exponential and custom buckets meet.</summary>
    public FloatHistogram? Of(in Window window, RangeNotes? notes)
    {
        ReadOnlySpan<long> timestamps = window.HistogramTimestamps;
        int first = WindowBounds.FirstOf(timestamps, window.StartMs);
        int last = WindowBounds.LastOf(timestamps, first, window.EndMs, smoothed);
        if (timestamps[last] <= window.StartMs
            || (smoothed && timestamps[first] > window.EndMs)
            || !IsOfOneKind(window.Histograms[first..(last + 1)], notes))
        {
            return null;
        }

        FloatHistogram? left = Left(in window, first, notes);
        FloatHistogram? right = Right(in window, last, notes);
        if (left is null || right is null)
        {
            return null;
        }

        if (!isCounter && !(IsGauge(left) && IsGauge(right)))
        {
            notes?.NotAGauge();
        }

        _difference.Load(right);
        if (!Check(_difference.Add(left, factor: -1), HistogramOperation.Subtraction, notes)
            || (isCounter && !TryAddResets(in window, first, last, left, right, notes)))
        {
            return null;
        }

        _difference.Hint = CounterResetHint.Gauge;
        return _difference.ToHistogram(compact: true);
    }

    private bool IsOfOneKind(ReadOnlySpan<FloatHistogram> histograms, RangeNotes? notes)
    {
        foreach (FloatHistogram histogram in histograms)
        {
            if (histogram.HasCustomBuckets != histograms[0].HasCustomBuckets)
            {
                notes?.MixedSchemas();
                return false;
            }

            if (isCounter && IsGauge(histogram))
            {
                notes?.NotACounter();
            }
        }

        return true;
    }

    private FloatHistogram? Left(in Window window, int first, RangeNotes? notes) =>
        smoothed && window.HistogramTimestamps[first] < window.StartMs
            ? Interpolate(in window, first, window.StartMs, notes)
            : window.Histograms[first];

    private FloatHistogram? Right(in Window window, int last, RangeNotes? notes) =>
        smoothed && last > 0 && window.HistogramTimestamps[last] > window.EndMs
            ? Interpolate(in window, last - 1, window.EndMs, notes)
            : window.Histograms[last];

    private FloatHistogram? Interpolate(in Window window, int before, long timeMs, RangeNotes? notes) => _interpolation.At(
        window.Histograms[before],
        window.HistogramTimestamps[before],
        window.Histograms[before + 1],
        window.HistogramTimestamps[before + 1],
        timeMs,
        isCounter,
        notes);

    /// <summary>
    /// Adds what came before each reset. A reset that the interpolation at the start has spanned is accounted for, and what
    /// stands for the end says itself whether it follows one.
    /// </summary>
    private bool TryAddResets(
        in Window window, int first, int last, FloatHistogram left, FloatHistogram right, RangeNotes? notes)
    {
        ReadOnlySpan<FloatHistogram> histograms = window.Histograms;
        FloatHistogram previous = left;
        int next = first + 1;
        bool spansReset = smoothed
            && window.HistogramTimestamps[first] < window.StartMs
            && HistogramResets.IsReset(histograms[next], histograms[first]);
        if (spansReset)
        {
            previous = histograms[next++];
        }

        if (next > last)
        {
            return true;
        }

        for (; next < last; next++)
        {
            if (!TryAddReset(histograms[next], previous, notes))
            {
                return false;
            }

            previous = histograms[next];
        }

        return TryAddReset(right, previous, notes);
    }

    private bool TryAddReset(FloatHistogram current, FloatHistogram previous, RangeNotes? notes) =>
        !HistogramResets.IsReset(current, previous)
        || Check(_difference.Add(previous), HistogramOperation.Addition, notes);

    private static bool Check(HistogramCombination noticed, HistogramOperation operation, RangeNotes? notes)
    {
        noticed &= ~HistogramCombination.ResetsCollide;
        notes?.Check(noticed, operation);
        return !noticed.HasFlag(HistogramCombination.Incompatible);
    }

    private static bool IsGauge(FloatHistogram histogram) => histogram.CounterResetHint == CounterResetHint.Gauge;
}
