using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// A smoothed instant selector: at each step the value on the line between the last sample before and the first one after,
/// both within the lookback. Without one after, the one before; without one before, nothing. Floats and native histograms
/// around one step are a mix that gives nothing either.
/// </summary>
internal sealed class SmoothedSelectorStream(
    ISeriesSet series, SelectorWindow window, bool namesVary, EvaluationContext context)
    : SeriesStream
{
    private readonly SampleBuffer _samples = new();
    private readonly SplitSamples _split = new();
    private readonly double[] _values = new double[window.Steps.Count];
    private readonly HistogramInterpolation _interpolation = new();
    private FloatHistogram?[] _histograms = [];
    private bool _hasHistograms;
    private RangeNotes? _notes;

    /// <summary>See <see cref="HistogramStatistics"/>.</summary>
    public bool DetectsResets { get; init; }

    /// <summary>Where the selector stands in the query.</summary>
    public int Position { get; init; }

    public override Labels Labels => series.Labels;

    public override bool DropName => false;

    public override Span<double> Values => _values;

    public override Span<FloatHistogram?> Histograms => _hasHistograms ? _histograms : default;

    public override bool NamesVary => namesVary;

    public override bool MoveNext()
    {
        while (series.MoveNext())
        {
            context.ThrowIfStopped();
            _samples.Clear();
            series.Decode(_samples);
            _samples.RemoveStale();
            long present = Fill();
            if (present > 0)
            {
                context.Budget.HoldRow(present, _values.Length);
                context.Budget.Look(present);
                context.Budget.LookAtSteps(window.Steps, _values, default);
                return true;
            }
        }

        return false;
    }

    /// <summary>Computes every step and returns how many samples they count as.</summary>
    private long Fill()
    {
        _hasHistograms = !_samples.Histograms.IsEmpty;
        if (!_hasHistograms)
        {
            return FillSteps(_samples.Timestamps, _samples.Values);
        }

        if (DetectsResets)
        {
            _samples.DetectResets();
        }

        _split.Split(_samples);
        long present = FillSteps(_split.FloatTimes, _split.Floats);
        return present + FillHistograms();
    }

    /// <summary>Computes every step and returns how many of them have a value.</summary>
    private int FillSteps(ReadOnlySpan<long> timestamps, ReadOnlySpan<double> values)
    {
        int present = 0;
        int next = 0;
        for (int step = 0; step < _values.Length; step++)
        {
            (bool hasPrevious, bool hasNext) = Neighbours(timestamps, step, ref next);
            long referenceMs = window.ReferenceMs(step);
            double value = Missing.Value;
            if (hasNext && timestamps[next] == referenceMs)
            {
                value = values[next];
            }
            else if (hasPrevious)
            {
                value = hasNext
                    ? WindowBounds.Interpolate(
                        values[next - 1], timestamps[next - 1], values[next], timestamps[next], referenceMs, isCounter: false)
                    : values[next - 1];
            }

            _values[step] = value;
            present += Missing.IsMissing(value) ? 0 : 1;
        }

        return present;
    }

    /// <summary>
    /// Computes the histograms of every step, and takes back values where both are around; returns by how many samples there
    /// are more.
    /// </summary>
    private long FillHistograms()
    {
        _histograms = _histograms.Length == 0 ? new FloatHistogram?[_values.Length] : _histograms;
        _notes ??= new RangeNotes(context.Annotations, Position);
        _notes.BeginSeries(Labels);
        ReadOnlySpan<long> timestamps = _split.HistogramTimes;
        long mixed = 0;
        int next = 0;
        int nextFloat = 0;
        for (int step = 0; step < _histograms.Length; step++)
        {
            _histograms[step] = null;
            (bool hasPrevious, bool hasNext) = Neighbours(timestamps, step, ref next);
            if (!hasPrevious && !hasNext)
            {
                continue;
            }

            if (Neighbours(_split.FloatTimes, step, ref nextFloat) is not (false, false))
            {
                _notes.MixedWithFloats();
                mixed += Missing.IsMissing(_values[step]) ? 0 : 1;
                _values[step] = Missing.Value;
                continue;
            }

            _histograms[step] = HistogramAt(step, next, hasPrevious, hasNext);
        }

        return QueryBudget.SizeOf(_histograms) - mixed;
    }

    private FloatHistogram? HistogramAt(int step, int next, bool hasPrevious, bool hasNext)
    {
        ReadOnlySpan<long> timestamps = _split.HistogramTimes;
        ReadOnlySpan<FloatHistogram> histograms = _split.Histograms;
        long referenceMs = window.ReferenceMs(step);
        if (hasNext && timestamps[next] == referenceMs)
        {
            return histograms[next];
        }

        if (!hasPrevious || !hasNext)
        {
            return hasPrevious ? histograms[next - 1] : null;
        }

        FloatHistogram before = histograms[next - 1];
        FloatHistogram after = histograms[next];
        if (before.HasCustomBuckets != after.HasCustomBuckets)
        {
            _notes?.MixedSchemas();
            return null;
        }

        bool isCounter = before.CounterResetHint != CounterResetHint.Gauge && after.CounterResetHint != CounterResetHint.Gauge;
        return _interpolation.At(before, timestamps[next - 1], after, timestamps[next], referenceMs, isCounter, _notes);
    }

    /// <summary>
    /// Whether there is a sample before a step, and one at it or after, which <paramref name="next"/> then is the place of.
    /// </summary>
    private (bool HasPrevious, bool HasNext) Neighbours(ReadOnlySpan<long> timestamps, int step, ref int next)
    {
        long referenceMs = window.ReferenceMs(step);
        while (next < timestamps.Length && timestamps[next] < referenceMs)
        {
            next++;
        }

        return (
            next > 0 && timestamps[next - 1] > referenceMs - window.LookbackMs,
            next < timestamps.Length && timestamps[next] <= referenceMs + window.LookbackMs);
    }
}
