using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>The series of a subquery (<c>expression[1h:1m]</c>): the values of its inner steps are the samples.</summary>
internal sealed class SubquerySource(SeriesMatrix inner, StepRange innerSteps, RangeWindowing windowing)
    : RangeSource(windowing)
{
    private int _row = -1;

    public override Labels Labels => inner.Labels(_row);

    public override bool DropName => inner.DropName(_row);

    public override bool NamesVary => inner.NamesVary;

    public override bool MoveNext()
    {
        while (++_row < inner.Count)
        {
            Samples.Clear();
            ReadOnlySpan<double> values = inner.Values(_row);
            for (int step = 0; step < values.Length; step++)
            {
                if (!Missing.IsMissing(values[step]))
                {
                    Samples.Append(innerSteps.At(step), values[step]);
                }
            }

            if (Samples.Count > 0)
            {
                return true;
            }
        }

        return false;
    }
}
