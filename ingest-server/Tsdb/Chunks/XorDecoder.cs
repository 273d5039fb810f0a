using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Reads the samples of one XOR chunk in order (FORMAT.md, "XOR chunk"). Bytes that cannot be such a chunk end the
/// walk with <see cref="Corrupt"/> set; nothing is thrown.
/// </summary>
public ref struct XorDecoder : IFloatDecoder
{
    /// <summary>
    /// How far behind a sample's first bit <see cref="ReadRegular"/> may look: 16 bits of the time, 13 of a window, 32 of a value,
    /// and a word that begins in the middle of a byte.
    /// </summary>
    private const int BitsLookedAt = 16 + 13 + 32 + 64 + 7;

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

    /// <summary>How many samples the chunk is said to hold.</summary>
    public readonly int Samples => _samples;

    /// <summary>
    /// Reads the whole chunk into columns with room for <see cref="Samples"/>; returns how many there were, fewer once
    /// <see cref="Corrupt"/> is set. Nothing may have been read before.
    /// </summary>
    public int ReadAll(Span<long> timestamps, Span<double> values)
    {
        int count = 0;
        while (count < _samples)
        {
            count = ReadRegular(timestamps, values, count);
            if (count == _samples || !MoveNext())
            {
                break;
            }

            // One of the first two samples, one of a rare form, or one near the end of the bytes.
            timestamps[count] = TimestampMs;
            values[count++] = Value;
        }

        return count;
    }

    /// <summary>
    /// Hands all samples between two times, both inclusive, to a sink that takes columns, and returns how many those are; none
    /// after corruption.
    /// </summary>
    internal int ReadAll<TSink>(long minTimeMs, long maxTimeMs, ref TSink sink)
        where TSink : struct, ISampleSink
    {
        sink.Reserve(_samples, out Span<long> timestamps, out Span<double> values);
        int end = ReadAll(timestamps, values);
        if (Corrupt)
        {
            return 0;
        }

        int first = 0;
        while (first < end && timestamps[first] < minTimeMs)
        {
            first++;
        }

        while (end > first && timestamps[end - 1] > maxTimeMs)
        {
            end--;
        }

        sink.Keep(first, end - first);
        return end - first;
    }

    /// <summary>
    /// The samples from one on that scrapes write as a rule, without a look at the end of the bytes for each part of them;
    /// stops before any other one.
    /// </summary>
    private int ReadRegular(Span<long> timestamps, Span<double> values, int count)
    {
        if (count < 2)
        {
            return count;
        }

        ref byte bytes = ref MemoryMarshal.GetReference(_bits.Bytes);
        int position = _bits.Position;
        int lastPosition = (_bits.Bytes.Length * 8) - BitsLookedAt;
        int end = Math.Min(_samples, Math.Min(timestamps.Length, values.Length));
        long timestampMs = TimestampMs;
        long delta = _delta;
        ulong value = _valueBits;
        int leading = _leading;
        int trailing = _trailing;
        for (; count < end && position <= lastPosition; count++)
        {
            ulong word = WordAt(ref bytes, position);
            int used = 1;
            long change = 0;
            if ((long)word < 0)
            {
                if ((long)(word << 1) < 0)
                {
                    break;
                }

                used = 16;
                change = (long)(word << 2 >> 50);
                change = change > 1L << 13 ? change - (1L << 14) : change;
            }

            ulong next = word << used;
            if ((long)next >= 0)
            {
                position += used + 1;
            }
            else
            {
                int control = 2;
                if ((long)(next << 1) < 0)
                {
                    int zeros = (int)(next >> 57) & 0x1F;
                    int width = (((int)(next >> 51) - 1) & 0x3F) + 1;
                    if (zeros + width > 64)
                    {
                        break;
                    }

                    control = 13;
                    leading = zeros;
                    trailing = 64 - zeros - width;
                }
                else if (leading == ChunkBits.NoWindow)
                {
                    break;
                }

                int significant = 64 - leading - trailing;
                int before = used + control;
                position += before;
                ulong bits = before + significant <= ChunkBitReader.PeekedBits
                    ? word << before >> (64 - significant)
                    : ReadWide(ref bytes, position, significant);
                value ^= bits << trailing;
                position += significant;
            }

            delta += change;
            timestampMs += delta;
            timestamps[count] = timestampMs;
            values[count] = BitConverter.UInt64BitsToDouble(value);
        }

        _bits.Position = position;
        _delta = delta;
        TimestampMs = timestampMs;
        _valueBits = value;
        _leading = (byte)leading;
        _trailing = (byte)trailing;
        _read = count;
        return count;
    }

    private static ulong ReadWide(ref byte bytes, int position, int count)
    {
        ulong word = WordAt(ref bytes, position);
        if (count <= ChunkBitReader.PeekedBits)
        {
            return word >> (64 - count);
        }

        int rest = count - 32;
        return (word >> 32 << rest) | (WordAt(ref bytes, position + 32) >> (64 - rest));
    }

    /// <summary>At least <see cref="ChunkBitReader.PeekedBits"/> bits from a place on, the first one on top.</summary>
    private static ulong WordAt(ref byte bytes, int position)
    {
        ulong word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, position >> 3));
        return (BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word) << (position & 7);
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
