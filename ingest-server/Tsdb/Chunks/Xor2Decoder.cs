using System.Buffers.Binary;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Reads the samples of one XOR2 chunk in order (FORMAT.md, "XOR2 chunk"), which only a Prometheus writes. Start times of counters, which
/// such a chunk may have, are read over. Bytes that cannot be such a chunk end the walk with <see cref="Corrupt"/> set; nothing
/// is thrown.
/// </summary>
internal ref struct Xor2Decoder : IFloatDecoder
{
    /// <summary>Two bytes of the sample count, one of the start times.</summary>
    public const int HeaderBytes = 3;

    private const byte FirstStartKnown = 0x80;
    private const int Stale = 5;

    private readonly int _samples;
    private readonly bool _headerMissing;
    private readonly bool _firstStartKnown;

    /// <summary>From this sample on each has a start time; 0 for none.</summary>
    private readonly int _startsFrom;
    private ChunkBitReader _bits;
    private int _read;
    private long _delta;

    /// <summary>The bits of the last value that was no stale marker, to which values are differences.</summary>
    private ulong _baseline;
    private ulong _valueBits;
    private int _leading;
    private int _significant = 64;

    public Xor2Decoder(ReadOnlySpan<byte> chunk)
    {
        _headerMissing = chunk.Length < HeaderBytes;
        _bits = new ChunkBitReader(chunk, HeaderBytes * 8);
        if (!_headerMissing)
        {
            _samples = BinaryPrimitives.ReadUInt16BigEndian(chunk);
            _firstStartKnown = (chunk[2] & FirstStartKnown) != 0;
            _startsFrom = chunk[2] & ~FirstStartKnown;
        }
    }

    public readonly bool Corrupt => _bits.Corrupt || _headerMissing;

    public long TimestampMs { get; private set; }

    public readonly double Value => BitConverter.UInt64BitsToDouble(_valueBits);

    public bool MoveNext()
    {
        if (_read == _samples || Corrupt)
        {
            return false;
        }

        switch (_read)
        {
            case 0:
                ReadFirst();
                break;
            case 1:
                _delta = (long)_bits.ReadUvarint();
                ReadValue();
                break;
            default:
                ReadStepAndValue();
                break;
        }

        TimestampMs += _delta;
        if (_startsFrom > 0 && _read >= _startsFrom)
        {
            Varbit.ReadSigned(ref _bits);
        }

        _read++;
        return !_bits.Corrupt;
    }

    private void ReadFirst()
    {
        TimestampMs = Uvarint.UnZigZag(_bits.ReadUvarint());
        _valueBits = _bits.ReadBits(64);
        _baseline = _valueBits == StaleMarker.Bits ? 0 : _valueBits;
        if (_firstStartKnown)
        {
            _bits.ReadUvarint();
        }
    }

    /// <summary>The step's change and how the value changed share their first bits.</summary>
    private void ReadStepAndValue()
    {
        switch (ReadOnes(Stale))
        {
            case 0:
                _valueBits = _baseline;
                break;
            case 1:
                ReadDifference(newWindow: _bits.ReadBits(1) != 0);
                break;
            case 2:
                ReadStep(13);
                break;
            case 3:
                ReadStep(20);
                break;
            case 4:
                ReadStep(64);
                break;
            default:
                _valueBits = StaleMarker.Bits;
                break;
        }
    }

    /// <summary>A change of the step in two's complement, and the value behind it.</summary>
    private void ReadStep(int bits)
    {
        _delta += (long)(_bits.ReadBits(bits) << (64 - bits)) >> (64 - bits);
        ReadValue();
    }

    private void ReadValue()
    {
        switch (ReadOnes(3))
        {
            case 0:
                _valueBits = _baseline;
                break;
            case 1:
                ReadDifference(newWindow: false);
                break;
            case 2:
                ReadDifference(newWindow: true);
                break;
            default:
                _valueBits = StaleMarker.Bits;
                break;
        }
    }

    private void ReadDifference(bool newWindow)
    {
        if (newWindow)
        {
            _leading = (int)_bits.ReadBits(5);
            _significant = (int)_bits.ReadBits(6);
            _significant = _significant == 0 ? 64 : _significant;
            if (_leading + _significant > 64)
            {
                _bits.MarkCorrupt();
                return;
            }
        }

        _baseline ^= _bits.ReadBits(_significant) << (64 - _leading - _significant);
        _valueBits = _baseline;
    }

    /// <summary>Ones up to a zero, which is read too, or up to as many as there may be.</summary>
    private int ReadOnes(int most)
    {
        int ones = 0;
        while (ones < most && _bits.ReadBits(1) != 0)
        {
            ones++;
        }

        return ones;
    }
}
