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

    private FloatHistogram?[]? _histograms;

    public override Labels Labels => series.Labels;

    public override ReadOnlySpan<FloatHistogram?> Histograms => _histograms;

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
            int present = FillSteps(_samples.Timestamps, _samples.Values, _samples.Histograms);
            if (present > 0)
            {
                context.Budget.HoldRow(present, _values.Length);
                context.Budget.Look(present);
                return true;
            }
        }

        return false;
    }

    /// <summary>Computes every step and returns how many of them have a value.</summary>
    private int FillSteps(
        ReadOnlySpan<long> timestamps, ReadOnlySpan<double> values, ReadOnlySpan<FloatHistogram?> histograms)
    {
        _histograms = histograms.IsEmpty || wantTimestamps ? null : new FloatHistogram?[_values.Length];
        int present = 0;
        int next = 0;
        for (int step = 0; step < _values.Length; step++)
        {
            long referenceMs = window.ReferenceMs(step);
            while (next < timestamps.Length && timestamps[next] <= referenceMs)
            {
                next++;
            }

            int last = next - 1;
            FloatHistogram? histogram = last < 0 || histograms.IsEmpty ? null : histograms[last];
            bool isStale = histogram?.IsStale ?? (last < 0 || Missing.IsMissing(values[last]));
            if (isStale || timestamps[last] <= referenceMs - window.LookbackMs)
            {
                _values[step] = Missing.Value;
                continue;
            }

            if (histogram is not null && _histograms is not null)
            {
                _histograms[step] = histogram;
            }

            // Of a histogram the value is missing, whose mark is what stands in its place among the samples.
            _values[step] = wantTimestamps ? timestamps[last] / 1000.0 : values[last];
            present++;
        }

        return present;
    }
}
