using System.Buffers.Binary;

namespace AmpEdge.Tsdb;

/// <summary>
/// Reads the samples of one XOR chunk in order (FORMAT.md, "XOR chunk"). Bytes that cannot be such a chunk end the
/// walk with <see cref="Corrupt"/> set; nothing is thrown.
/// </summary>
public ref struct XorDecoder
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _samples;
    private int _position;
    private int _read;
    private long _delta;
    private ulong _valueBits;
    private int _leading;
    private int _trailing;

    /// <summary>Over a whole chunk: its header says how many samples follow.</summary>
    public XorDecoder(ReadOnlySpan<byte> chunk)
        : this(chunk, chunk.Length < XorState.HeaderBytes ? 0 : BinaryPrimitives.ReadUInt16BigEndian(chunk))
    {
        Corrupt = chunk.Length < XorState.HeaderBytes;
    }

    /// <summary>Over the first samples of a chunk that may still grow; its header is not read.</summary>
    public XorDecoder(ReadOnlySpan<byte> chunk, int samples)
    {
        _bytes = chunk;
        _samples = samples;
        _position = XorState.HeaderBytes * 8;
        // An impossible window until one is read: reusing it is corruption.
        _leading = 64;
    }

    /// <summary>True once the bytes did not hold what the format demands. Never reset.</summary>
    public bool Corrupt { get; private set; }

    /// <summary>Milliseconds since the Unix epoch; valid after <see cref="MoveNext"/> said true.</summary>
    public long TimestampMs { get; private set; }

    /// <summary>The value with its exact bits.</summary>
    public readonly double Value => BitConverter.UInt64BitsToDouble(_valueBits);

    /// <summary>Moves to the next sample; false at the end and on corruption.</summary>
    public bool MoveNext()
    {
        if (_read == _samples || Corrupt)
        {
            return false;
        }

        if (_read == 0)
        {
            ulong first = ReadUvarint();
            TimestampMs = (long)(first >> 1) ^ -(long)(first & 1);
            _valueBits = ReadBits(64);
        }
        else
        {
            _delta = _read == 1 ? (long)ReadUvarint() : _delta + ReadDeltaOfDelta();
            TimestampMs += _delta;
            ReadXor();
        }

        _read++;
        return !Corrupt;
    }

    private long ReadDeltaOfDelta()
    {
        if (ReadBits(1) == 0)
        {
            return 0;
        }

        int bits = ReadBits(1) == 0 ? 14 : ReadBits(1) == 0 ? 17 : ReadBits(1) == 0 ? 20 : 64;
        long change = (long)ReadBits(bits);
        return bits < 64 && change > 1L << (bits - 1) ? change - (1L << bits) : change;
    }

    private void ReadXor()
    {
        if (ReadBits(1) == 0)
        {
            return;
        }

        if (ReadBits(1) != 0)
        {
            int window = (int)ReadBits(11);
            _leading = window >> 6;
            int significant = (window & 0x3F) == 0 ? 64 : window & 0x3F;
            _trailing = 64 - _leading - significant;
        }

        if (_trailing < 0 || _leading + _trailing >= 64)
        {
            Corrupt = true;
            return;
        }

        _valueBits ^= ReadBits(64 - _leading - _trailing) << _trailing;
    }

    private ulong ReadUvarint()
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

    /// <summary>The next 1 to 64 bits; zero, and Corrupt set, when there are fewer.</summary>
    private ulong ReadBits(int count)
    {
        int index = _position >> 3;
        int used = _position & 7;
        if (_position + count > _bytes.Length << 3)
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
