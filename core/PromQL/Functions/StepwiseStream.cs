namespace AmpEdge.PromQL;

/// <summary>
/// Every value of every row put through a function of its step and the value, which may make it missing.
/// </summary>
internal sealed class StepwiseStream(SeriesStream source, Func<int, double, double> map) : WrappingStream(source)
{
    public override bool MoveNext()
    {
        if (!Source.MoveNext())
        {
            return false;
        }

        Span<double> values = Source.Values;
        for (int step = 0; step < values.Length; step++)
        {
            if (!Missing.IsMissing(values[step]))
            {
                values[step] = map(step, values[step]);
            }
        }

        return true;
    }
}
