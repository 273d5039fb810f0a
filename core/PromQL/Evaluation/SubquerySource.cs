using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>The series of a subquery (<c>expression[1h:1m]</c>): the values of its inner steps are the samples.</summary>
internal sealed class SubquerySource(SeriesMatrix inner, StepRange innerSteps, RangeWindowing windowing)
    : RangeSource(windowing)
{
    private int _row = -1;

    /// <summary>A sample often is the value of several inner steps: it and what became of it.</summary>
    private FloatHistogram? _lastHistogram;
    private FloatHistogram? _lastUnhinted;

    public override Labels Labels => inner.Labels(_row);

    public override bool DropName => inner.DropName(_row);

    public override bool NamesVary => inner.NamesVary;

    public override bool MoveNext()
    {
        while (++_row < inner.Count)
        {
            Samples.Clear();
            ReadOnlySpan<double> values = inner.Values(_row);
            FloatHistogram?[]? histograms = inner.Histograms(_row);
            for (int step = 0; step < values.Length; step++)
            {
                if (!Missing.IsMissing(values[step]))
                {
                    Samples.Append(innerSteps.At(step), values[step]);
                }
                else if (histograms?[step] is { } histogram)
                {
                    Samples.Append(innerSteps.At(step), Unhinted(histogram));
                }
            }

            if (Samples.Count > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Inner steps may pass over samples, so what a histogram knows of the sample before it says nothing of the step before it.
    /// </summary>
    private FloatHistogram Unhinted(FloatHistogram histogram)
    {
        if (histogram.CounterResetHint is CounterResetHint.Unknown or CounterResetHint.Gauge)
        {
            return histogram;
        }

        if (_lastUnhinted is null || !ReferenceEquals(histogram, _lastHistogram))
        {
            _lastHistogram = histogram;
            _lastUnhinted = histogram.WithHint(CounterResetHint.Unknown);
        }

        return _lastUnhinted;
    }
}
