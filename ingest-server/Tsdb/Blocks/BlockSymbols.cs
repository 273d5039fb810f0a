using System.Diagnostics.CodeAnalysis;

namespace AmpEdge.Tsdb;

/// <summary>
/// The names and values of a block by their numbers. In memory are the places of every 32nd one and, up to a bound, the
/// ones asked for last. Thread-safe.
/// </summary>
internal sealed class BlockSymbols
{
    /// <summary>How many symbols are kept; series next to each other share most of theirs.</summary>
    private const int KeptSymbols = 4096;

    /// <summary>Longer ones are read again each time, so that what is kept stays small.</summary>
    private const int LongestKept = 256;

    private readonly PagedFile _file;
    private readonly long _start;
    private readonly long _end;
    private readonly uint _count;

    /// <summary>Offsets from the beginning of the section.</summary>
    private readonly uint[] _sampled;
    private Symbol?[]? _kept;

    private BlockSymbols(PagedFile file, long start, long end, uint count, uint[] sampled)
    {
        _file = file;
        _start = start;
        _end = end;
        _count = count;
        _sampled = sampled;
    }

    /// <summary>Reads the whole section once, past the cache, to check its checksum, its order and its count.</summary>
    public static BlockSymbols Open(IndexSection section)
    {
        PagedCursor cursor = section.Walk(cached: false);
        uint count = cursor.ReadUInt32BigEndian();
        List<uint> sampled = [];
        byte[] last = [];
        for (uint number = 0; number < count; number++)
        {
            long offset = cursor.Position;
            if (number % BlockFormat.SampleEvery == 0)
            {
                sampled.Add((uint)(offset - section.Start));
            }

            ReadOnlySpan<byte> symbol = cursor.ReadLengthPrefixed();
            if (number % BlockFormat.SampleEvery == 0)
            {
                // Order is not needed to look symbols up by number; a sample of it tells that the section is one.
                if (number > 0 && symbol.SequenceCompareTo(last) <= 0)
                {
                    throw new BlockCorruptionException(section.File.Path, offset, "a symbol out of order", "rising ones");
                }

                last = symbol.ToArray();
            }
        }

        if (!cursor.AtEnd)
        {
            throw new BlockCorruptionException(
                section.File.Path, cursor.Position, $"more than the {count} symbols", "the section's end");
        }

        return new BlockSymbols(section.File, section.Start, section.End, count, [.. sampled]);
    }

    /// <summary>Memory of the places and of the symbols that are kept, in bytes.</summary>
    public long BytesHeld
    {
        get
        {
            Symbol?[]? kept = Volatile.Read(ref _kept);
            long bytes = (_sampled.Length * sizeof(uint)) + ((kept?.Length ?? 0) * (long)IntPtr.Size);
            foreach (Symbol? symbol in kept ?? [])
            {
                bytes += symbol?.Bytes.Length ?? 0;
            }

            return bytes;
        }
    }

    /// <summary>The symbol of a number.</summary>
    /// <exception cref="BlockCorruptionException">There is none.</exception>
    public ReadOnlySpan<byte> Get(uint number)
    {
        if (number >= _count)
        {
            ThrowUnknown(number);
        }

        Symbol?[] kept = Volatile.Read(ref _kept) ?? Interlocked.CompareExchange(ref _kept, new Symbol?[KeptSymbols], null) ?? _kept;
        ref Symbol? place = ref kept[number % KeptSymbols];
        if (Volatile.Read(ref place) is { } found && found.Number == number)
        {
            return found.Bytes;
        }

        PagedCursor cursor = new(_file, _start + _sampled[number / BlockFormat.SampleEvery], _end);
        for (uint skipped = number % BlockFormat.SampleEvery; skipped > 0; skipped--)
        {
            cursor.ReadLengthPrefixed();
        }

        ReadOnlySpan<byte> symbol = cursor.ReadLengthPrefixed();
        if (symbol.Length <= LongestKept)
        {
            Volatile.Write(ref place, new Symbol(number, symbol.ToArray()));
        }

        return symbol;
    }

    [DoesNotReturn]
    private void ThrowUnknown(uint number) =>
        throw new BlockCorruptionException(_file.Path, _start, $"a reference to symbol {number}", $"one below {_count}");

    private sealed class Symbol(uint number, byte[] bytes)
    {
        public uint Number { get; } = number;

        public byte[] Bytes { get; } = bytes;
    }
}
