using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// The mean of native histograms added one by one: a compensated sum divided at the end, or, once that sum would overflow, a
/// mean that is corrected with each histogram.
/// </summary>
internal sealed class HistogramMean
{
    /// <summary>Numbers up to this size can be added without a thought of overflow.</summary>
    private const double Safe = 1e300;

    private readonly HistogramAccumulator _sumOrMean = new(compensated: true);
    private HistogramAccumulator? _before;
    private double _count;
    private bool _incremental;

    /// <summary>Starts anew with a first histogram.</summary>
    public void Load(FloatHistogram first)
    {
        _sumOrMean.Load(first);
        _count = 1;
        _incremental = false;
    }

    public HistogramCombination Add(FloatHistogram histogram)
    {
        _count++;
        HistogramCombination noticed = HistogramCombination.None;
        if (!_incremental)
        {
            bool mayOverflow = !(_sumOrMean.Largest() < Safe && LargestOf(histogram) < Safe);
            if (mayOverflow)
            {
                _before ??= new HistogramAccumulator(compensated: true);
                _before.CopyFrom(_sumOrMean);
            }

            noticed = _sumOrMean.Add(histogram);
            if (_before is null || !mayOverflow || !_sumOrMean.HasOverflow())
            {
                return noticed;
            }

            _incremental = true;
            _sumOrMean.CopyFrom(_before);
            _sumOrMean.Divide(_count - 1);
        }

        _sumOrMean.Multiply((_count - 1) / _count);
        return noticed | _sumOrMean.Add(HistogramScaling.Divide(histogram, _count));
    }

    /// <summary>The mean; nothing can be added any more.</summary>
    public FloatHistogram ToHistogram(bool compact)
    {
        if (!_incremental)
        {
            _sumOrMean.Divide(_count);
        }

        return _sumOrMean.ToHistogram(compact);
    }

    private static double LargestOf(FloatHistogram histogram)
    {
        double largest = Math.Max(Math.Abs(histogram.Count), Math.Abs(histogram.Sum));
        largest = Math.Max(largest, Math.Abs(histogram.ZeroCount));
        largest = Math.Max(largest, HistogramAccumulator.LargestOf(histogram.PositiveBuckets.AsSpan()));
        return Math.Max(largest, HistogramAccumulator.LargestOf(histogram.NegativeBuckets.AsSpan()));
    }
}
