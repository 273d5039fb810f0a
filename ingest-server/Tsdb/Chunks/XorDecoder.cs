using System.Buffers.Binary;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Reads the samples of one XOR chunk in order (FORMAT.md, "XOR chunk"). Bytes that cannot be such a chunk end the
/// walk with <see cref="Corrupt"/> set; nothing is thrown.
/// </summary>
public ref struct XorDecoder
{
    private readonly int _samples;
    private readonly bool _headerMissing;
    private ChunkBitReader _bits;
    private int _read;
    private long _delta;
    private ulong _valueBits;
    private byte _leading = ChunkBits.NoWindow;
    private byte _trailing;

    /// <summary>Over a whole chunk: its header says how many samples follow.</summary>
    public XorDecoder(ReadOnlySpan<byte> chunk)
        : this(chunk, chunk.Length < XorState.HeaderBytes ? 0 : BinaryPrimitives.ReadUInt16BigEndian(chunk))
    {
        _headerMissing = chunk.Length < XorState.HeaderBytes;
    }

    /// <summary>Over the first samples of a chunk that may still grow; its header is not read.</summary>
    public XorDecoder(ReadOnlySpan<byte> chunk, int samples)
    {
        _bits = new ChunkBitReader(chunk, XorState.HeaderBytes * 8);
        _samples = samples;
    }

    /// <summary>True once the bytes did not hold what the format demands. Never reset.</summary>
    public readonly bool Corrupt => _bits.Corrupt || _headerMissing;

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
            TimestampMs = Uvarint.UnZigZag(_bits.ReadUvarint());
            _valueBits = _bits.ReadBits(64);
        }
        else
        {
            _delta = _read == 1 ? (long)_bits.ReadUvarint() : _delta + ReadDeltaOfDelta();
            TimestampMs += _delta;
            _bits.ReadXor(ref _valueBits, ref _leading, ref _trailing);
        }

        _read++;
        return !_bits.Corrupt;
    }

    private long ReadDeltaOfDelta()
    {
        // Zero, or '10' with 14 bits of the difference, is what regular scrapes write.
        ulong next = _bits.Peek();
        if ((long)next >= 0)
        {
            _bits.Skip(1);
            return 0;
        }

        if ((long)(next << 1) >= 0)
        {
            _bits.Skip(16);
            long difference = (long)(next << 2 >> 50);
            return difference > 1L << 13 ? difference - (1L << 14) : difference;
        }

        _bits.Skip(2);
        return _bits.ReadSigned(_bits.ReadBits(1) == 0 ? 17 : _bits.ReadBits(1) == 0 ? 20 : 64);
    }
}
