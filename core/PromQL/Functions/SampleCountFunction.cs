using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>A function of how many samples a window has, whatever they are: <c>count_over_time</c>, <c>present_over_time</c>.</summary>
internal sealed class SampleCountFunction(Func<int, double> of) : WindowFunction
{
    public override double Evaluate(in Window window) => of(window.Count);

    public override double EvaluateMixed(in Window window, out FloatHistogram? histogram)
    {
        histogram = null;
        return of(window.Count + window.Histograms.Length);
    }
}
