using System.Buffers.Binary;

namespace AmpEdge.Tsdb;

/// <summary>
/// Reads the bit strings that <see cref="ChunkBits"/> writes, most significant bit first. A read past the end sets
/// <see cref="Corrupt"/> and yields zero.
/// </summary>
internal ref struct ChunkBitReader(ReadOnlySpan<byte> bytes, int bitPosition)
{
    /// <summary>How many bits <see cref="Peek"/> gives at least: a word less what is read of its first byte.</summary>
    public const int PeekedBits = 57;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position = bitPosition;

    /// <summary>True once the bytes did not hold what was asked for. Never reset.</summary>
    public bool Corrupt { get; private set; }

    /// <summary>All bytes, for a reader that takes many samples at once.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>How many bits lie before what is read next.</summary>
    public int Position
    {
        readonly get => _position;
        set => _position = value;
    }

    /// <summary>Bits that were not read yet; negative when there were fewer than the reader was to begin at.</summary>
    public readonly long BitsLeft => ((long)_bytes.Length << 3) - _position;

    /// <summary>For a number that cannot be one of the format.</summary>
    public void MarkCorrupt() => Corrupt = true;

    /// <summary>The next 1 to 64 bits.</summary>
    public ulong ReadBits(int count)
    {
        int index = _position >> 3;
        int used = _position & 7;
        if (count > BitsLeft)
        {
            Corrupt = true;
            return 0;
        }

        _position += count;
        if (index + 8 > _bytes.Length)
        {
            return ReadBitsNearEnd(index, used, count);
        }

        ulong word = BinaryPrimitives.ReadUInt64BigEndian(_bytes[index..]) << used;
        if (used + count > 64)
        {
            word |= (ulong)_bytes[index + 8] >> (8 - used);
        }

        return word >> (64 - count);
    }

    /// <summary>A LEB128 integer, seven bits in each eight.</summary>
    public ulong ReadUvarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            ulong next = ReadBits(8);
            value |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        Corrupt = true;
        return 0;
    }

    /// <summary>
    /// A number of so many bits (FORMAT.md, "XOR chunk"): its range is one above that of two's complement, from
    /// -(2^(bits-1) - 1) to 2^(bits-1).
    /// </summary>
    public long ReadSigned(int bits)
    {
        long value = (long)ReadBits(bits);
        return bits < 64 && value > 1L << (bits - 1) ? value - (1L << bits) : value;
    }

    /// <summary>Reads a float as the difference to the one before it, in place.</summary>
    /// <param name="value">The bits of the float before, then of this one.</param>
    /// <param name="leading">Leading zeros of the window of significant bits; it may be <see cref="ChunkBits.NoWindow"/>.</param>
    /// <param name="trailing">Trailing zeros of that window.</param>
    public void ReadXor(ref ulong value, ref byte leading, ref byte trailing)
    {
        // The control bits and the window are looked at in one word, which has room for what most floats need besides.
        ulong next = Peek();
        if ((long)next >= 0)
        {
            Skip(1);
            return;
        }

        int control = 2;
        if ((long)(next << 1) < 0)
        {
            control = 13;
            int window = (int)(next >> 51) & 0x7FF;
            int zeros = window >> 6;
            int width = (window & 0x3F) == 0 ? 64 : window & 0x3F;
            if (zeros + width > 64)
            {
                Corrupt = true;
                return;
            }

            leading = (byte)zeros;
            trailing = (byte)(64 - zeros - width);
        }
        else if (leading == ChunkBits.NoWindow)
        {
            // A chunk that went on after a restart may have values in a window that was never written: all 64 bits.
            leading = 0;
            trailing = 0;
        }

        int significant = 64 - leading - trailing;
        if (control + significant <= PeekedBits)
        {
            value ^= next << control >> (64 - significant) << trailing;
            Skip(control + significant);
            return;
        }

        Skip(control);
        value ^= ReadBits(significant) << trailing;
    }

    /// <summary>The next <see cref="PeekedBits"/> bits or a few more, the first one on top; behind the end there are zeros.</summary>
    public readonly ulong Peek()
    {
        int index = _position >> 3;
        return index + 8 <= _bytes.Length
            ? BinaryPrimitives.ReadUInt64BigEndian(_bytes[index..]) << (_position & 7)
            : PeekNearEnd(index);
    }

    /// <summary>Goes on by bits that were looked at.</summary>
    public void Skip(int count)
    {
        if (count > BitsLeft)
        {
            Corrupt = true;
            return;
        }

        _position += count;
    }

    private readonly ulong PeekNearEnd(int index)
    {
        ulong word = 0;
        for (int offset = 0; index + offset < _bytes.Length; offset++)
        {
            word |= (ulong)_bytes[index + offset] << (56 - (8 * offset));
        }

        return word << (_position & 7);
    }

    private readonly ulong ReadBitsNearEnd(int index, int used, int count)
    {
        ulong word = 0;
        for (int offset = 0; index + offset < _bytes.Length; offset++)
        {
            word |= (ulong)_bytes[index + offset] << (56 - (8 * offset));
        }

        return word << used >> (64 - count);
    }
}
