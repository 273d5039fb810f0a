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

    internal MatrixSeries(Labels labels, ReadOnlyMemory<long> timestamps, ReadOnlyMemory<double> values)
    {
        Labels = labels;
        _timestamps = timestamps;
        _values = values;
    }

    public Labels Labels { get; }

    /// <summary>How many points there are; walks the column.</summary>
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
