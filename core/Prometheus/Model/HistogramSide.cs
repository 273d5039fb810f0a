namespace AmpEdge.Prometheus;

/// <summary>
/// The buckets above or below zero of a <see cref="Histogram"/>, one body for counts that are integers and for counts
/// that are floats.
/// </summary>
public sealed class HistogramSide
{
    private readonly List<HistogramSpan> _spans = [];
    private readonly List<long> _counts = [];
    private readonly List<double> _floatCounts = [];

    public ReadOnlySpan<HistogramSpan> Spans => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_spans);

    /// <summary>The counts of the buckets in <see cref="Spans"/>, not differences; empty in the float form.</summary>
    public ReadOnlySpan<long> Counts => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_counts);

    /// <summary>The same in the float form.</summary>
    public ReadOnlySpan<double> FloatCounts => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_floatCounts);

    public int BucketCount => _counts.Count + _floatCounts.Count;

    public void Clear()
    {
        _spans.Clear();
        _counts.Clear();
        _floatCounts.Clear();
    }

    public void AddSpan(HistogramSpan span) => _spans.Add(span);

    /// <summary>Adds a bucket's count as its difference to the bucket before.</summary>
    public void AddDelta(long delta) => _counts.Add(unchecked((_counts.Count == 0 ? 0 : _counts[^1]) + delta));

    public void AddCount(long count) => _counts.Add(count);

    public void AddFloatCount(double count) => _floatCounts.Add(count);

    /// <summary>The counts of either form.</summary>
    internal double[] ToFloatCounts()
    {
        double[] counts = new double[BucketCount];
        for (int index = 0; index < counts.Length; index++)
        {
            counts[index] = _counts.Count > 0 ? _counts[index] : _floatCounts[index];
        }

        return counts;
    }

    internal void AddFrom(HistogramSide other)
    {
        _spans.AddRange(other._spans);
        _counts.AddRange(other._counts);
        _floatCounts.AddRange(other._floatCounts);
    }

    /// <summary>Leaves out spans without buckets, as they say nothing: the gap before one belongs to the next.</summary>
    public void RemoveEmptySpans()
    {
        int kept = 0;
        int gap = 0;
        for (int index = 0; index < _spans.Count; index++)
        {
            HistogramSpan span = _spans[index];
            gap += span.Offset;
            if (span.Length > 0)
            {
                _spans[kept++] = span with { Offset = gap };
                gap = 0;
            }
        }

        _spans.RemoveRange(kept, _spans.Count - kept);
    }

    /// <summary>Makes each bucket <c>2^shift</c> times as wide (on the logarithmic scale): those that fall together are added up.</summary>
    internal void Merge(int shift)
    {
        HistogramSpan[] old = [.. _spans];
        bool isFloat = _floatCounts.Count > 0;
        int from = 0;
        int to = -1;
        int index = 0;
        int lastTarget = 0;
        _spans.Clear();
        foreach (HistogramSpan span in old)
        {
            index += span.Offset;
            for (uint bucket = 0; bucket < span.Length; bucket++, index++, from++)
            {
                int target = ((index - 1) >> shift) + 1;
                if (to >= 0 && target == lastTarget)
                {
                    AddTo(isFloat, to, from);
                    continue;
                }

                Move(isFloat, ++to, from);
                ExtendSpans(target, lastTarget);
                lastTarget = target;
            }
        }

        if (isFloat)
        {
            _floatCounts.RemoveRange(to + 1, _floatCounts.Count - to - 1);
        }
        else
        {
            _counts.RemoveRange(to + 1, _counts.Count - to - 1);
        }
    }

    private void ExtendSpans(int target, int lastTarget)
    {
        if (_spans.Count == 0)
        {
            _spans.Add(new HistogramSpan(target, 1));
        }
        else if (target == lastTarget + 1)
        {
            _spans[^1] = _spans[^1] with { Length = _spans[^1].Length + 1 };
        }
        else
        {
            _spans.Add(new HistogramSpan(target - lastTarget - 1, 1));
        }
    }

    private void Move(bool isFloat, int to, int from)
    {
        if (isFloat)
        {
            _floatCounts[to] = _floatCounts[from];
        }
        else
        {
            _counts[to] = _counts[from];
        }
    }

    private void AddTo(bool isFloat, int to, int from)
    {
        if (isFloat)
        {
            _floatCounts[to] += _floatCounts[from];
        }
        else
        {
            _counts[to] += _counts[from];
        }
    }
}
