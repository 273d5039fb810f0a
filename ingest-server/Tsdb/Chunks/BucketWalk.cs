using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>Goes through the buckets of spans: at each, its index and its place among the counts.</summary>
internal ref struct BucketWalk(ReadOnlySpan<HistogramSpan> spans)
{
    private readonly ReadOnlySpan<HistogramSpan> _spans = spans;
    private int _span = -1;
    private uint _left;
    private long _next;

    /// <summary>The bucket's index, which says what its boundaries are.</summary>
    public long Index { get; private set; }

    public int Place { get; private set; } = -1;

    /// <summary>False once there is no further bucket.</summary>
    public bool HasBucket { get; private set; } = true;

    public bool MoveNext()
    {
        while (_left == 0)
        {
            if (++_span >= _spans.Length)
            {
                HasBucket = false;
                return false;
            }

            _left = _spans[_span].Length;
            _next += _spans[_span].Offset;
        }

        _left--;
        Index = _next++;
        Place++;
        return true;
    }
}
