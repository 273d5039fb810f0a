namespace AmpEdge.Agent.Scrape;

/// <summary>
/// The raw bytes of a target's lines, in one arena, findable by their place (<see cref="CachedLine.Next"/>) and by
/// their bytes.
/// </summary>
internal sealed class LineTable
{
    private byte[] _arena = [];
    private int _arenaUsed;
    private CachedLine[] _lines = [];
    private int _count;
    private int[] _buckets = [];

    public int Count => _count;

    public Span<CachedLine> Lines => _lines.AsSpan(0, _count);

    public ReadOnlySpan<byte> Arena => _arena;

    public ref CachedLine this[int index] => ref _lines[index];

    public ReadOnlySpan<byte> BytesOf(in CachedLine line) => _arena.AsSpan(line.Start, line.Length);

    /// <summary>The line with exactly these bytes, or -1. Equal hashes are not trusted: the bytes are compared.</summary>
    public int Find(ReadOnlySpan<byte> bytes, ulong hash)
    {
        if (_count == 0)
        {
            return -1;
        }

        for (int index = _buckets[(int)(hash & (uint)(_buckets.Length - 1))]; index >= 0; index = _lines[index].Chain)
        {
            ref readonly CachedLine line = ref _lines[index];
            if (line.Hash == hash && BytesOf(in line).SequenceEqual(bytes))
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>Adds a line that <see cref="Find"/> did not find; returns its index.</summary>
    public int Add(ReadOnlySpan<byte> bytes, ulong hash)
    {
        if (_count == _lines.Length)
        {
            Array.Resize(ref _lines, Math.Max(64, _count * 2));
            Rehash();
        }

        if (bytes.Length > _arena.Length - _arenaUsed)
        {
            Array.Resize(ref _arena, Math.Max(Math.Max(4096, _arena.Length * 2), _arenaUsed + bytes.Length));
        }

        bytes.CopyTo(_arena.AsSpan(_arenaUsed));
        ref int bucket = ref _buckets[(int)(hash & (uint)(_buckets.Length - 1))];
        _lines[_count] = new CachedLine
        {
            Start = _arenaUsed,
            Length = bytes.Length,
            Hash = hash,
            Next = -1,
            Chain = bucket,
            Series = CachedLine.NoSample,
        };
        _arenaUsed += bytes.Length;
        bucket = _count;
        return _count++;
    }

    /// <summary>Keeps only lines seen in or after a scrape, in their order; guesses that led to removed lines end.</summary>
    public void RemoveUnseenSince(int scrape)
    {
        int[] newIndexes = new int[_count];
        byte[] arena = new byte[_arena.Length];
        int kept = 0;
        int used = 0;
        for (int index = 0; index < _count; index++)
        {
            CachedLine line = _lines[index];
            newIndexes[index] = -1;
            if (line.SeenIn < scrape)
            {
                continue;
            }

            BytesOf(in line).CopyTo(arena.AsSpan(used));
            line.Start = used;
            used += line.Length;
            newIndexes[index] = kept;
            _lines[kept++] = line;
        }

        _arena = arena;
        _arenaUsed = used;
        _count = kept;
        foreach (ref CachedLine line in Lines)
        {
            line.Next = line.Next < 0 ? -1 : newIndexes[line.Next];
        }

        Rehash();
    }

    public void Clear()
    {
        _arena = [];
        _arenaUsed = 0;
        _lines = [];
        _buckets = [];
        _count = 0;
    }

    private void Rehash()
    {
        int size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, _lines.Length));
        _buckets = new int[size];
        _buckets.AsSpan().Fill(-1);
        for (int index = 0; index < _count; index++)
        {
            ref int bucket = ref _buckets[(int)(_lines[index].Hash & (uint)(size - 1))];
            _lines[index].Chain = bucket;
            bucket = index;
        }
    }
}
