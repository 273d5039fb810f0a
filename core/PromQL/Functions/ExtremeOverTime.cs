namespace AmpEdge.PromQL;

/// <summary><c>min_over_time</c> and <c>max_over_time</c>.</summary>
/// <param name="reduce">The extreme of one window.</param>
/// <param name="wantGreatest">Which of the two is wanted.</param>
internal sealed class ExtremeOverTime(WindowReducer reduce, bool wantGreatest) : WindowFunction
{
    public override double Evaluate(in Window window) => reduce(in window);

    public override void EvaluateAll(in SeriesWindows windows, Span<double> results)
    {
        if (wantGreatest)
        {
            WindowLanes.Evaluate<WindowFolds.Maximum>(in windows, reduce, results);
        }
        else
        {
            WindowLanes.Evaluate<WindowFolds.Minimum>(in windows, reduce, results);
        }
    }
}
