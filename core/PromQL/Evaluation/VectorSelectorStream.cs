using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// An instant selector: at each step the last sample that is not older than the lookback. One pass over the samples of
/// a series gives all its steps.
/// </summary>
/// <param name="series">The selected series.</param>
/// <param name="window">The reference times.</param>
/// <param name="namesVary">See <see cref="SeriesStream.NamesVary"/>.</param>
/// <param name="wantTimestamps">The value is the time of the sample in seconds: <c>timestamp(metric)</c>.</param>
/// <param name="context">The query.</param>
internal sealed class VectorSelectorStream(
    ISeriesSet series, SelectorWindow window, bool namesVary, bool wantTimestamps, EvaluationContext context)
    : SeriesStream
{
    private readonly SampleBuffer _samples = new();
    private readonly double[] _values = new double[window.Steps.Count];

    /// <summary>Made for the first series with native histograms, of which most queries see none.</summary>
    private FloatHistogram?[] _histograms = [];
    private bool _hasHistograms;

    /// <summary>See <see cref="HistogramStatistics"/>.</summary>
    public bool DetectsResets { get; init; }

    public override Labels Labels => series.Labels;

    public override Span<FloatHistogram?> Histograms => _hasHistograms ? _histograms : default;

    public override bool DropName => false;

    public override Span<double> Values => _values;

    public override bool NamesVary => namesVary;

    public override bool MoveNext()
    {
        while (series.MoveNext())
        {
            context.ThrowIfStopped();
            _samples.Clear();
            series.Decode(_samples);
            long present = FillSteps(_samples.Timestamps, _samples.Values);
            _hasHistograms = false;
            if (!_samples.Histograms.IsEmpty)
            {
                if (DetectsResets)
                {
                    _samples.DetectResets();
                }

                present += FillHistograms(_samples.Timestamps, _samples.Histograms);
            }

            if (present > 0)
            {
                context.Budget.HoldRow(present, _values.Length);
                context.Budget.Look(present);
                context.Budget.LookAtSteps(window.Steps, _values, Histograms);
                return true;
            }
        }

        return false;
    }

    /// <summary>Computes the values of every step and returns how many there are.</summary>
    private int FillSteps(ReadOnlySpan<long> timestamps, ReadOnlySpan<double> values)
    {
        int present = 0;
        int next = 0;
        for (int step = 0; step < _values.Length; step++)
        {
            int last = Find(step, timestamps, ref next);

            // Of a histogram the value is missing, whose mark is what stands in its place among the samples.
            if (last < 0 || Missing.IsMissing(values[last]))
            {
                _values[step] = Missing.Value;
                continue;
            }

            _values[step] = wantTimestamps ? timestamps[last] / 1000.0 : values[last];
            present++;
        }

        return present;
    }

    /// <summary>Computes the histograms of every step, or their times as values; returns how many samples they count as.</summary>
    private long FillHistograms(ReadOnlySpan<long> timestamps, ReadOnlySpan<FloatHistogram?> histograms)
    {
        _histograms = _histograms.Length == 0 ? new FloatHistogram?[_values.Length] : _histograms;
        _hasHistograms = !wantTimestamps;
        long size = 0;
        int next = 0;
        for (int step = 0; step < _histograms.Length; step++)
        {
            int last = Find(step, timestamps, ref next);
            FloatHistogram? histogram = last < 0 || histograms[last] is { IsStale: true } ? null : histograms[last];
            if (histogram is null)
            {
                _histograms[step] = null;
                continue;
            }

            size += QueryBudget.SizeOf(histogram);
            if (wantTimestamps)
            {
                _values[step] = timestamps[last] / 1000.0;
            }
            else
            {
                _histograms[step] = histogram;
            }
        }

        return size;
    }

    /// <summary>The sample that counts at a step; -1 when there is none, or it is too old.</summary>
    private int Find(int step, ReadOnlySpan<long> timestamps, ref int next)
    {
        long referenceMs = window.ReferenceMs(step);
        while (next < timestamps.Length && timestamps[next] <= referenceMs)
        {
            next++;
        }

        return next > 0 && timestamps[next - 1] > referenceMs - window.LookbackMs ? next - 1 : -1;
    }
}
