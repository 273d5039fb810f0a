using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// What all histograms of a chunk share, and the last one's numbers: the state that its writer and its reader have alike.
/// Filled again and again.
/// </summary>
internal sealed class HistogramNumbers
{
    private readonly List<double> _customValues = [];

    /// <summary>The last histogram's time; its change is that of the last two.</summary>
    public HistogramNumber Time;

    public HistogramNumber Count;
    public HistogramNumber ZeroCount;

    /// <summary>Always a float.</summary>
    public HistogramNumber Sum;

    public bool IsFloat { get; private set; }

    public int Schema { get; set; }

    public double ZeroThreshold { get; set; }

    public BucketNumbers Positive { get; } = new();

    public BucketNumbers Negative { get; } = new();

    public List<double> CustomValues => _customValues;

    /// <summary>The last one marks the end of its series: it has no buckets.</summary>
    public bool IsStale => Sum.Value == StaleMarker.Bits;

    public void Clear(bool isFloat)
    {
        IsFloat = isFloat;
        Schema = 0;
        ZeroThreshold = 0;
        Time = default;
        Count = default;
        ZeroCount = default;
        Sum = default;
        Positive.Clear();
        Negative.Clear();
        _customValues.Clear();
    }

    /// <summary>The last histogram, as an object to be filled.</summary>
    public void CopyTo(Histogram histogram, CounterResetHint hint)
    {
        histogram.Clear();
        histogram.IsFloat = IsFloat;
        histogram.Sum = Sum.Float;
        if (IsStale)
        {
            return;
        }

        histogram.CounterResetHint = hint;
        histogram.Schema = Schema;
        histogram.ZeroThreshold = ZeroThreshold;
        if (IsFloat)
        {
            histogram.FloatCount = Count.Float;
            histogram.FloatZeroCount = ZeroCount.Float;
        }
        else
        {
            histogram.Count = Count.Value;
            histogram.ZeroCount = ZeroCount.Value;
        }

        foreach (double bound in _customValues)
        {
            histogram.AddCustomValue(bound);
        }

        Positive.CopyTo(histogram.Positive, IsFloat);
        Negative.CopyTo(histogram.Negative, IsFloat);
    }
}
