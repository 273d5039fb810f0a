namespace AmpEdge.PromQL;

/// <summary>Every value of every row put through a function of one number.</summary>
internal sealed class MappedStream(SeriesStream source, Func<double, double> map) : WrappingStream(source)
{
    public override bool MoveNext()
    {
        if (!Source.MoveNext())
        {
            return false;
        }

        foreach (ref double value in Source.Values)
        {
            if (!Missing.IsMissing(value))
            {
                value = map(value);
            }
        }

        return true;
    }
}
