using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// Walks the buckets of one side of a native histogram by ascending index, at its own resolution or at a coarser one, where
/// buckets that fall together are added up.
/// </summary>
/// <param name="spans">Where the buckets lie.</param>
/// <param name="counts">What they hold.</param>
/// <param name="map">Which bucket each one belongs to.</param>
internal ref struct BucketCursor(ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts, BucketMap map)
{
    private readonly ReadOnlySpan<HistogramSpan> _spans = spans;
    private readonly ReadOnlySpan<double> _counts = counts;
    private readonly BucketMap _map = map;
    private int _span = -1;
    private uint _leftInSpan;
    private int _nextIndex;
    private int _position;

    /// <summary>The index of the current bucket, after mapping.</summary>
    public int Index { get; private set; }

    public double Count { get; private set; }

    /// <summary>How many buckets of the histogram were read so far.</summary>
    public readonly int Position => _position;

    public bool MoveNext()
    {
        if (!FindNext())
        {
            return false;
        }

        Index = _map.Target(_nextIndex);
        Count = 0;
        do
        {
            Count += _counts[_position++];
            _nextIndex++;
            _leftInSpan--;
        }
        while (_map.Merges && FindNext() && _map.Target(_nextIndex) == Index);
        return true;
    }

    /// <summary>Goes into the next span when one is at its end; false when there is no more bucket.</summary>
    private bool FindNext()
    {
        while (_leftInSpan == 0)
        {
            if (++_span >= _spans.Length)
            {
                _span = _spans.Length;
                return false;
            }

            _nextIndex += _spans[_span].Offset;
            _leftInSpan = _spans[_span].Length;
        }

        return _position < _counts.Length;
    }
}
