namespace AmpEdge.Prometheus;

/// <summary>
/// The symbols of a remote write 2.0 message that is being written, each text once, number 0 the empty one. Kept as the fields
/// that stand in the message. Reusable; not thread-safe.
/// </summary>
internal sealed class SymbolTable
{
    private const int MinBuckets = 1024;

    private readonly ByteBuffer _fields = new(16 << 10);
    private Symbol[] _symbols = new Symbol[MinBuckets / 2];
    private int[] _buckets = new int[MinBuckets];

    public SymbolTable()
    {
        Clear();
    }

    public int Count { get; private set; }

    /// <summary>The symbols as fields of a request.</summary>
    public ReadOnlySpan<byte> Fields => _fields.Written;

    public void Clear()
    {
        _fields.Clear();
        _fields.Append(WriteRequestV2Fields.RequestSymbol);
        _fields.Append((byte)0);
        Count = 1;
        Array.Clear(_buckets);
    }

    /// <summary>The number of a text, which is added when it is new.</summary>
    public uint NumberOf(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return 0;
        }

        uint hash = (uint)XxHash64.Hash(text);
        int bucket = (int)(hash & (uint)(_buckets.Length - 1));
        while (_buckets[bucket] is > 0 and int number)
        {
            ref readonly Symbol known = ref _symbols[number];
            if (known.Hash == hash && _fields.Written.Slice(known.Start, known.Length).SequenceEqual(text))
            {
                return (uint)number;
            }

            bucket = (bucket + 1) & (_buckets.Length - 1);
        }

        return Add(text, hash, bucket);
    }

    private uint Add(ReadOnlySpan<byte> text, uint hash, int bucket)
    {
        if (Count == _symbols.Length)
        {
            Grow();
            bucket = FreeBucket(hash);
        }

        _fields.Append(WriteRequestV2Fields.RequestSymbol);
        _fields.AppendLengthPrefixed(text);
        _symbols[Count] = new Symbol(hash, _fields.Length - text.Length, text.Length);
        _buckets[bucket] = Count;
        return (uint)Count++;
    }

    /// <summary>Keeps half of the buckets free.</summary>
    private void Grow()
    {
        Array.Resize(ref _symbols, Count * 2);
        _buckets = new int[_symbols.Length * 2];
        for (int number = 1; number < Count; number++)
        {
            _buckets[FreeBucket(_symbols[number].Hash)] = number;
        }
    }

    private int FreeBucket(uint hash)
    {
        int bucket = (int)(hash & (uint)(_buckets.Length - 1));
        while (_buckets[bucket] != 0)
        {
            bucket = (bucket + 1) & (_buckets.Length - 1);
        }

        return bucket;
    }

    private readonly record struct Symbol(uint Hash, int Start, int Length);
}
