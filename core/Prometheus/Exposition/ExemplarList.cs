using System.Runtime.InteropServices;

namespace AmpEdge.Prometheus;

/// <summary>The exemplars of one series, taken from a parser that moves on. Reused from series to series.</summary>
public sealed class ExemplarList
{
    /// <summary>A series has a few, and they come in order; only those from who knows where are many.</summary>
    private const int MaxInsertionSort = 64;

    private readonly List<ListedExemplar> _items = [];
    private readonly ByteBuffer _blobs = new();
    private readonly LabelsBuilder _labels = new();

    public ReadOnlySpan<ListedExemplar> Items => CollectionsMarshal.AsSpan(_items);

    public void Clear()
    {
        _items.Clear();
        _blobs.Clear();
    }

    /// <summary>Takes the exemplars of the parser's entry. One that has a label twice is none.</summary>
    public void Take<TParser>(ref TParser parser)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        while (parser.NextExemplar())
        {
            _labels.Reset();
            SeriesLabels.AppendTo(parser.Page, parser.ExemplarLabels, _labels);
            int start = _blobs.Length;
            _labels.AppendBlobTo(_blobs, out bool hasDuplicate);
            if (!hasDuplicate)
            {
                long timestampMs = parser.HasExemplarTimestamp ? parser.ExemplarTimestampMs : 0;
                _items.Add(new ListedExemplar(
                    start, _blobs.Length - start, parser.ExemplarValue, parser.HasExemplarTimestamp, timestampMs));
            }
        }
    }

    public void AddAll(ExemplarList other)
    {
        foreach (ref readonly ListedExemplar exemplar in other.Items)
        {
            int start = _blobs.Length;
            _blobs.Append(other.LabelsOf(in exemplar));
            _items.Add(exemplar with { LabelsStart = start });
        }
    }

    /// <summary>The oldest first; those of one time stay in their order.</summary>
    public void SortByTime()
    {
        Span<ListedExemplar> items = CollectionsMarshal.AsSpan(_items);
        if (items.Length > MaxInsertionSort)
        {
            SortManyByTime(items);
            return;
        }

        for (int index = 1; index < items.Length; index++)
        {
            for (int at = index; at > 0 && items[at].TimestampMs < items[at - 1].TimestampMs; at--)
            {
                (items[at], items[at - 1]) = (items[at - 1], items[at]);
            }
        }
    }

    private static void SortManyByTime(Span<ListedExemplar> items)
    {
        (long TimestampMs, int Place)[] keys = new (long, int)[items.Length];
        for (int place = 0; place < keys.Length; place++)
        {
            keys[place] = (items[place].TimestampMs, place);
        }

        keys.AsSpan().Sort(items);
    }

    /// <summary>The blob (<see cref="Labels"/>) of an exemplar's labels.</summary>
    public ReadOnlySpan<byte> LabelsOf(in ListedExemplar exemplar) =>
        _blobs.Written.Slice(exemplar.LabelsStart, exemplar.LabelsLength);
}
