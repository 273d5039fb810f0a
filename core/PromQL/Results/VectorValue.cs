using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// One value per series at the evaluation time: two columns of equal length, in the order that the expression gave
/// (which <c>sort</c> and <c>topk</c> define). Native histograms are a third column, which is there when there are some.
/// </summary>
public sealed class VectorValue : QueryValue
{
    private readonly Labels[] _labels;
    private readonly double[] _values;

    private readonly FloatHistogram?[]? _histograms;

    internal VectorValue(long timestampMs, Labels[] labels, double[] values, FloatHistogram?[]? histograms = null)
    {
        _histograms = histograms;
        TimestampMs = timestampMs;
        _labels = labels;
        _values = values;
    }

    /// <summary>The time of every value.</summary>
    public long TimestampMs { get; }

    /// <summary>How many series there are.</summary>
    public int Count => _labels.Length;

    public ReadOnlySpan<Labels> Labels => _labels;

    public ReadOnlySpan<double> Values => _values;

    /// <summary>The native histogram of a series, whose value then means nothing; else null.</summary>
    public FloatHistogram? HistogramAt(int index) => _histograms?[index];
}
