using System.Buffers;
using System.Numerics;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// A target's lines, findable by their place (<see cref="CachedLine.Next"/>) and by the hash of their bytes, which are
/// not kept. The index for the latter exists only while a page is read that is not as it was before.
/// </summary>
/// <remarks>agent/docs/decisions/0001-line-cache.md says what is kept per line and why.</remarks>
internal sealed class LineTable
{
    private CachedLine[] _lines = [];
    private int _count;

    /// <summary>Open addressing: index of a line and one, or 0. Rented; null when there is none at the moment.</summary>
    private int[]? _index;
    private int _indexMask;

    public int Count => _count;

    public Span<CachedLine> Lines => _lines.AsSpan(0, _count);

    public ref CachedLine this[int index] => ref _lines[index];

    /// <summary>The line of this hash and length, or -1.</summary>
    public int Find(ulong hash, int length)
    {
        int[] index = _index ?? BuildIndex();
        for (int place = (int)hash & _indexMask; index[place] != 0; place = (place + 1) & _indexMask)
        {
            ref readonly CachedLine line = ref _lines[index[place] - 1];
            if (line.Hash == hash && line.Length == length)
            {
                return index[place] - 1;
            }
        }

        return -1;
    }

    /// <summary>Adds a line that <see cref="Find"/> did not find; returns its index.</summary>
    public int Add(ulong hash, int length)
    {
        if (_count == _lines.Length)
        {
            Array.Resize(ref _lines, Math.Max(64, _count * 2));
        }

        _lines[_count++] = new CachedLine(hash, length);
        if (_index is { } index && _count * 2 <= _indexMask)
        {
            Insert(index, _count - 1);
        }
        else
        {
            DropIndex();
        }

        return _count - 1;
    }

    /// <summary>Gives the index back, at the end of each page, and what a growing table took too much.</summary>
    public void Settle()
    {
        DropIndex();
        if (_lines.Length > 64 && _lines.Length - _count > _count / 8)
        {
            Array.Resize(ref _lines, _count + (_count / 16));
        }
    }

    /// <summary>Keeps only lines seen in or after a scrape, in their order; guesses that led to removed lines end.</summary>
    public void RemoveUnseenSince(int scrape)
    {
        int[] newIndexes = ArrayPool<int>.Shared.Rent(Math.Max(1, _count));
        int kept = 0;
        for (int index = 0; index < _count; index++)
        {
            newIndexes[index] = _lines[index].SeenIn < scrape ? -1 : kept;
            if (newIndexes[index] >= 0)
            {
                _lines[kept++] = _lines[index];
            }
        }

        _count = kept;
        foreach (ref CachedLine line in Lines)
        {
            line.Next = line.Next < 0 ? -1 : newIndexes[line.Next];
        }

        ArrayPool<int>.Shared.Return(newIndexes);
        DropIndex();
    }

    public void Clear()
    {
        DropIndex();
        _lines = [];
        _count = 0;
    }

    private int[] BuildIndex()
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, _count * 4));
        int[] index = ArrayPool<int>.Shared.Rent(size);
        index.AsSpan(0, size).Clear();
        _indexMask = size - 1;
        for (int line = 0; line < _count; line++)
        {
            Insert(index, line);
        }

        return _index = index;
    }

    private void Insert(int[] index, int line)
    {
        int place = (int)_lines[line].Hash & _indexMask;
        while (index[place] != 0)
        {
            place = (place + 1) & _indexMask;
        }

        index[place] = line + 1;
    }

    private void DropIndex()
    {
        if (_index is { } index)
        {
            ArrayPool<int>.Shared.Return(index);
            _index = null;
        }
    }
}
