using System.Runtime.InteropServices;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// The buckets above or below zero in a histogram chunk: the spans that all of its histograms have, and the last numbers.
/// Integers are kept as the chunk has them, each as the difference to the bucket before it.
/// </summary>
internal sealed class BucketNumbers
{
    private readonly List<HistogramSpan> _spans = [];
    private HistogramNumber[] _numbers = [];

    public ReadOnlySpan<HistogramSpan> Spans => CollectionsMarshal.AsSpan(_spans);

    public int Count { get; private set; }

    public Span<HistogramNumber> Numbers => _numbers.AsSpan(0, Count);

    /// <summary>Begins a chunk whose histograms have these spans.</summary>
    public void Begin(ReadOnlySpan<HistogramSpan> spans)
    {
        Clear();
        foreach (HistogramSpan span in spans)
        {
            Add(span);
        }

        MakeRoom();
    }

    public void Clear()
    {
        _spans.Clear();
        Count = 0;
    }

    public void Add(HistogramSpan span)
    {
        _spans.Add(span);
        Count += (int)span.Length;
    }

    /// <summary>After the last span: a number for each bucket.</summary>
    public void MakeRoom()
    {
        if (_numbers.Length < Count)
        {
            _numbers = new HistogramNumber[Count];
        }

        Numbers.Clear();
    }

    /// <summary>Fills a side of a histogram with the last numbers.</summary>
    public void CopyTo(HistogramSide side, bool isFloat)
    {
        foreach (HistogramSpan span in _spans)
        {
            side.AddSpan(span);
        }

        foreach (ref readonly HistogramNumber number in Numbers)
        {
            if (isFloat)
            {
                side.AddFloatCount(number.Float);
            }
            else
            {
                side.AddDelta((long)number.Value);
            }
        }
    }
}
