using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary><c>sum_over_time</c> and <c>avg_over_time</c>: of floats alone, or of native histograms alone.</summary>
/// <param name="reduce">What is made of floats.</param>
/// <param name="isMean">Whether the mean of histograms is wanted, or their sum.</param>
internal sealed class SumOverTime(WindowReducer reduce, bool isMean) : WindowFunction
{
    private readonly HistogramAccumulator _sum = new(compensated: true);
    private readonly HistogramMean _mean = new();

    public override double Evaluate(in Window window) => reduce(in window);

    public override void EvaluateAll(in SeriesWindows windows, Span<double> results)
    {
        if (isMean)
        {
            WindowLanes.Evaluate<WindowFolds.Mean>(in windows, reduce, results);
        }
        else
        {
            WindowLanes.Evaluate<WindowFolds.Sum>(in windows, reduce, results);
        }
    }

    public override double EvaluateMixed(in Window window, out FloatHistogram? histogram)
    {
        histogram = null;
        if (window.Count > 0)
        {
            Notes?.MixedWithFloats();
            return Missing.Value;
        }

        HistogramCombination noticed = HistogramCombination.None;
        ResetHints hints = default;
        for (int index = 0; index < window.Histograms.Length; index++)
        {
            hints.See(window.Histograms[index].CounterResetHint);
            noticed |= Add(window.Histograms[index], isFirst: index == 0);
        }

        // Hints that cancel out on the way still collide.
        noticed = (noticed & ~HistogramCombination.ResetsCollide) | hints.Collision;
        if (Notes?.Check(noticed, HistogramOperation.Aggregation) != false)
        {
            histogram = isMean ? _mean.ToHistogram(compact: false) : _sum.ToHistogram(compact: false);
        }

        return Missing.Value;
    }

    private HistogramCombination Add(FloatHistogram sample, bool isFirst)
    {
        if (!isFirst)
        {
            return isMean ? _mean.Add(sample) : _sum.Add(sample);
        }

        if (isMean)
        {
            _mean.Load(sample);
        }
        else
        {
            _sum.Load(sample);
        }

        return HistogramCombination.None;
    }
}
