using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// A smoothed instant selector: at each step the value on the line between the last sample before and the first one after,
/// both within the lookback. Without one after, the one before; without one before, nothing.
/// </summary>
internal sealed class SmoothedSelectorStream(
    ISeriesSet series, SelectorWindow window, bool namesVary, EvaluationContext context)
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
            _samples.RemoveStale(keepHistograms: false);
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
            while (next < timestamps.Length && timestamps[next] < referenceMs)
            {
                next++;
            }

            bool hasNext = next < timestamps.Length && timestamps[next] <= referenceMs + window.LookbackMs;
            bool hasPrevious = next > 0 && timestamps[next - 1] > referenceMs - window.LookbackMs;
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
}
