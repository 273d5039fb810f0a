using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// The points of one series. Lies over two columns, the times of which all series of a range query share, with gaps
/// marked in the values; the enumerator yields the points that exist.
/// </summary>
public readonly struct MatrixSeries
{
    private readonly ReadOnlyMemory<long> _timestamps;
    private readonly ReadOnlyMemory<double> _values;

    private readonly FloatHistogram?[]? _histograms;

    internal MatrixSeries(
        Labels labels, ReadOnlyMemory<long> timestamps, ReadOnlyMemory<double> values, FloatHistogram?[]? histograms = null)
    {
        _histograms = histograms;
        Labels = labels;
        _timestamps = timestamps;
        _values = values;
    }

    public Labels Labels { get; }

    /// <summary>The times of all steps, also of those without a point; the same memory for all series of a range query.</summary>
    public ReadOnlyMemory<long> Timestamps => _timestamps;

    /// <summary>Times and native histograms, in time order; points of their own beside the floats.</summary>
    public List<(long TimestampMs, FloatHistogram Histogram)> Histograms()
    {
        List<(long TimestampMs, FloatHistogram Histogram)> points = [];
        for (int index = 0; index < (_histograms?.Length ?? 0); index++)
        {
            if (_histograms![index] is { } histogram)
            {
                points.Add((_timestamps.Span[index], histogram));
            }
        }

        return points;
    }

    /// <summary>How many points of floats there are; walks the column.</summary>
    public int CountPoints()
    {
        int count = 0;
        foreach (double value in _values.Span)
        {
            count += Missing.IsMissing(value) ? 0 : 1;
        }

        return count;
    }

    public PointEnumerator GetEnumerator() => new(_timestamps.Span, _values.Span);

    /// <summary>Walks the points in time order, without allocation.</summary>
    public ref struct PointEnumerator
    {
        private readonly ReadOnlySpan<long> _timestamps;
        private readonly ReadOnlySpan<double> _values;
        private int _index;

        internal PointEnumerator(ReadOnlySpan<long> timestamps, ReadOnlySpan<double> values)
        {
            _timestamps = timestamps;
            _values = values;
            _index = -1;
        }

        /// <summary>The place of the point's time among <see cref="MatrixSeries.Timestamps"/>.</summary>
        public readonly int Step => _index;

        public readonly Sample Current => new(_timestamps[_index], _values[_index]);

        public bool MoveNext()
        {
            do
            {
                _index++;
            }
            while (_index < _values.Length && Missing.IsMissing(_values[_index]));
            return _index < _values.Length;
        }
    }
}
