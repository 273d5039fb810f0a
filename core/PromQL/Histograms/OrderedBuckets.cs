using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// All buckets of a native histogram by number, from the lowest values to the highest: those below zero, the zero bucket if it
/// has observations, those above. What the zero bucket covers is not covered twice.
/// </summary>
internal readonly ref struct OrderedBuckets
{
    private readonly FloatHistogram _histogram;
    private readonly HistogramSideView _positive;
    private readonly HistogramSideView _negative;
    private readonly int _zeroBuckets;

    public OrderedBuckets(FloatHistogram histogram)
    {
        _histogram = histogram;
        _positive = histogram.PositiveSide();
        _negative = histogram.HasCustomBuckets ? default : histogram.NegativeSide();
        _zeroBuckets = !histogram.HasCustomBuckets && histogram.ZeroCount > 0 ? 1 : 0;
    }

    public int Length => _negative.Counts.Length + _zeroBuckets + _positive.Counts.Length;

    public double Count(int number)
    {
        int below = _negative.Counts.Length;
        return number < below ? _negative.Counts[below - 1 - number]
            : number < below + _zeroBuckets ? _histogram.ZeroCount
            : _positive.Counts[number - below - _zeroBuckets];
    }

    public HistogramBucket this[int number]
    {
        get
        {
            int below = _negative.Counts.Length;
            double threshold = _histogram.ZeroThreshold;
            if (number >= below && number < below + _zeroBuckets)
            {
                return new HistogramBucket(-threshold, threshold, true, true, _histogram.ZeroCount);
            }

            bool isPositive = number >= below;
            int index = isPositive
                ? _positive.IndexOf(number - below - _zeroBuckets)
                : _negative.IndexOf(below - 1 - number);
            ReadOnlySpan<double> bounds = _histogram.CustomValues.AsSpan();
            double near = HistogramBounds.Of(_histogram.Schema, index - 1, bounds);
            double far = HistogramBounds.Of(_histogram.Schema, index, bounds);
            near = !_histogram.HasCustomBuckets && near < threshold ? threshold : near;
            return isPositive
                ? new HistogramBucket(near, far, _histogram.HasCustomBuckets && index == 0, true, Count(number))
                : new HistogramBucket(-far, -near, true, false, Count(number));
        }
    }
}
