namespace AmpEdge.PromQL;

/// <summary><c>irate</c> and <c>idelta</c>: the difference of the last two samples of a window.</summary>
internal sealed class InstantChangeFunction(bool isRate) : WindowFunction
{
    public override double Evaluate(in Window window)
    {
        if (window.Count < 2)
        {
            return Missing.Value;
        }

        double last = window.Values[^1];
        double previous = window.Values[^2];
        if (!isRate)
        {
            return last - previous;
        }

        // After a reset the counter has gone from zero to its value.
        double increase = last < previous ? last : last - previous;
        return increase / ((window.Timestamps[^1] - window.Timestamps[^2]) / 1000.0);
    }
}
