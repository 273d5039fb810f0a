using System.Numerics;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// A target's lines, findable by their place (<see cref="CachedLine.Next"/>) and by their text. The index for the latter
/// exists only while a page is read that is not as it was before.
/// </summary>
/// <remarks>agent/docs/decisions/0001-line-cache.md says what is kept per line and why.</remarks>
internal sealed class LineTable
{
    private const int NotLookedAt = -2;

    /// <summary>
    /// A line that does not lie behind the one above it costs some sixteen others; one in so many that does is worth a table made anew.
    /// </summary>
    private const int LinesPerStray = 32;

    private LineTexts _texts = new();
    private PooledArray<CachedLine> _lines;

    /// <summary>
    /// Open addressing: hash of a line's text in the upper half, index of the line and one in the lower, or 0. Rented; null
    /// when there is none at the moment.
    /// </summary>
    private ulong[]? _index;
    private int _indexMask;

    public int Count => _lines.Length;

    /// <summary>How many lines of the page in hand lie elsewhere than behind the line above; until <see cref="Settle"/>.</summary>
    public int Strays => _texts.Strays;

    /// <summary>True when the page has another order than the table, so much that <see cref="Rearrange"/> pays.</summary>
    public bool IsOutOfOrder => Strays > Count / LinesPerStray;

    public Span<CachedLine> Lines => _lines.Used;

    public ref CachedLine this[int index] => ref _lines[index];

    /// <summary>
    /// The length of a line's text (name and labels of a sample as they are written, the whole of any other line) when the page has it at a
    /// place, else -1.
    /// </summary>
    /// <param name="index">The line.</param>
    /// <param name="page">The page.</param>
    /// <param name="at">The place.</param>
    /// <param name="above">Where the page has the line that was matched last, with nothing asked for since; -1 when not.</param>
    public int Match(int index, ReadOnlySpan<byte> page, int at, int above) => _texts.Match(index, page, at, above);

    /// <summary>Ends a row of matches: the page may be gone from now on.</summary>
    public void EndMatches(ReadOnlySpan<byte> page, int above) => _texts.TakeFrom(page, above);

    /// <summary>True when a line has this text, and means it under this type of its family.</summary>
    public bool Is(int index, ReadOnlySpan<byte> text, MetricType type) =>
        _lines[index].IsUnder(type) && _texts[index].SequenceEqual(text);

    /// <summary>The line with this text under this type of its family, or -1.</summary>
    public int Find(ReadOnlySpan<byte> text, MetricType type)
    {
        ulong[] index = _index ?? BuildIndex();
        uint hash = HashOf(text);
        for (int place = (int)hash & _indexMask; index[place] != 0; place = (place + 1) & _indexMask)
        {
            int line = (int)(uint)index[place] - 1;
            if ((uint)(index[place] >> 32) == hash && Is(line, text, type))
            {
                return line;
            }
        }

        return -1;
    }

    /// <summary>Adds a line that <see cref="Find"/> did not find; returns its index.</summary>
    public int Add(ReadOnlySpan<byte> text)
    {
        int added = Count;
        _lines.EnsureRoom();
        _texts.Append(text);
        _lines.Add(new CachedLine { Next = -1, Series = CachedLine.NoSample });
        if (_index is { } index && Count * 2 <= _indexMask)
        {
            Insert(index, added, HashOf(text));
        }
        else
        {
            DropIndex();
        }

        return added;
    }

    /// <summary>Gives the index back, at the end of each page, and what a growing table took too much.</summary>
    public void Settle()
    {
        DropIndex();
        _texts.Settle();
        _lines.Settle();
    }

    /// <summary>
    /// Keeps only lines seen in or after a scrape: those of the page in its order, the others behind them in their own. Guesses that led
    /// to removed lines end.
    /// </summary>
    /// <param name="first">The line that the page begins with, or -1.</param>
    /// <param name="seenSince">The scrape.</param>
    public void Rearrange(int first, int seenSince)
    {
        int count = Count;
        int[] newIndexes = ScratchArrays.Rent<int>(Math.Max(1, count));
        CachedLine[] before = ScratchArrays.Rent<CachedLine>(Math.Max(1, count));
        Lines.CopyTo(before);
        newIndexes.AsSpan(0, count).Fill(NotLookedAt);
        LineTexts kept = new();
        for (int line = first; line >= 0 && newIndexes[line] == NotLookedAt; line = before[line].Next)
        {
            newIndexes[line] = Keep(before[line], line, seenSince, kept);
        }

        for (int line = 0; line < count; line++)
        {
            if (newIndexes[line] == NotLookedAt)
            {
                newIndexes[line] = Keep(before[line], line, seenSince, kept);
            }
        }

        _texts.Release();
        _texts = kept;
        _lines.Truncate(kept.Count);
        foreach (ref CachedLine line in Lines)
        {
            line.Next = line.Next < 0 ? -1 : newIndexes[line.Next];
        }

        ScratchArrays.Return(newIndexes);
        ScratchArrays.Return(before);
        DropIndex();
    }

    public void Clear()
    {
        DropIndex();
        _texts.Release();
        _lines.Clear();
    }

    /// <summary>Puts a line behind those that are kept already, or returns -1 when it was not seen since a scrape.</summary>
    private int Keep(in CachedLine line, int index, int seenSince, LineTexts kept)
    {
        if (line.SeenIn < seenSince)
        {
            return -1;
        }

        int place = kept.Count;
        kept.Append(_texts[index]);
        _lines[place] = line;
        return place;
    }

    /// <summary>With a key of the process, so that no page can be made whose lines all fall into one place.</summary>
    private static uint HashOf(ReadOnlySpan<byte> text)
    {
        HashCode hash = default;
        hash.AddBytes(text);
        return (uint)hash.ToHashCode();
    }

    private ulong[] BuildIndex()
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, Count * 4));
        ulong[] index = ScratchArrays.Rent<ulong>(size);
        index.AsSpan(0, size).Clear();
        _indexMask = size - 1;
        for (int line = 0; line < Count; line++)
        {
            Insert(index, line, HashOf(_texts[line]));
        }

        return _index = index;
    }

    private void Insert(ulong[] index, int line, uint hash)
    {
        int place = (int)hash & _indexMask;
        while (index[place] != 0)
        {
            place = (place + 1) & _indexMask;
        }

        index[place] = ((ulong)hash << 32) | ((uint)line + 1);
    }

    private void DropIndex()
    {
        if (_index is { } index)
        {
            ScratchArrays.Return(index);
            _index = null;
        }
    }
}
