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

    public override Labels Labels => series.Labels;

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
            int present = FillSteps(_samples.Timestamps, _samples.Values);
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
    private int FillSteps(ReadOnlySpan<long> timestamps, ReadOnlySpan<double> values)
    {
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
            if (last < 0 || timestamps[last] <= referenceMs - window.LookbackMs || Missing.IsMissing(values[last]))
            {
                _values[step] = Missing.Value;
                continue;
            }

            _values[step] = wantTimestamps ? timestamps[last] / 1000.0 : values[last];
            present++;
        }

        return present;
    }
}
