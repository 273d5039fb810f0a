using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// The writing end of one open XOR chunk (FORMAT.md, "XOR chunk"): what the next sample is encoded against. The bytes
/// lie in a block of the caller's, so that a head with a million open chunks holds no object for any of them.
/// </summary>
internal struct XorState
{
    /// <summary>The sample count in front of the bit stream: two bytes, big-endian.</summary>
    public const int HeaderBytes = 2;

    /// <summary>The most that one sample can add: 4 + 64 bits of time, 2 + 5 + 6 + 64 of value.</summary>
    public const int MaxSampleBytes = 19;

    /// <summary>The last sample's time, ms.</summary>
    public long TimestampMs;

    /// <summary>The last sample's value.</summary>
    public double Value;

    /// <summary>The last step between timestamps, ms; meaningless before the second sample.</summary>
    public long DeltaMs;

    /// <summary>Bits written, the header's 16 included.</summary>
    public ushort BitLength;

    /// <summary>Samples written.</summary>
    public ushort Samples;

    /// <summary>Leading zero bits of the window that values are written in; ChunkBits.NoWindow before the first.</summary>
    public byte Leading;

    /// <summary>Trailing zero bits of that window.</summary>
    public byte Trailing;

    /// <summary>Bytes in use, the last perhaps in part.</summary>
    public readonly int ByteLength => (BitLength + 7) >> 3;

    /// <summary>Starts a chunk with its first sample; the block holds at least 32 bytes.</summary>
    public void Start(Span<byte> block, long timestampMs, double value)
    {
        block[0] = 0;
        block[1] = 0;
        int position = HeaderBytes * 8;
        WriteUvarint(block, ref position, Uvarint.ZigZag(timestampMs));
        ChunkBits.Write(block, ref position, BitConverter.DoubleToUInt64Bits(value), 64);
        BitLength = (ushort)position;
        Samples = 1;
        TimestampMs = timestampMs;
        Value = value;
        DeltaMs = 0;
        Leading = ChunkBits.NoWindow;
        Trailing = 0;
    }

    /// <summary>Appends a sample; the block has <see cref="MaxSampleBytes"/> bytes left.</summary>
    public void Append(Span<byte> block, long timestampMs, double value)
    {
        int position = BitLength;
        long delta = timestampMs - TimestampMs;
        if (Samples == 1)
        {
            WriteUvarint(block, ref position, (ulong)delta);
        }
        else
        {
            WriteDeltaOfDelta(block, ref position, delta - DeltaMs);
        }

        ulong xor = BitConverter.DoubleToUInt64Bits(value) ^ BitConverter.DoubleToUInt64Bits(Value);
        ChunkBits.WriteXor(block, ref position, xor, ref Leading, ref Trailing);
        BitLength = (ushort)position;
        Samples++;
        TimestampMs = timestampMs;
        Value = value;
        DeltaMs = delta;
    }

    private static void WriteUvarint(Span<byte> block, ref int position, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            ChunkBits.Write(block, ref position, (value & 0x7F) | 0x80, 8);
        }

        ChunkBits.Write(block, ref position, value, 8);
    }

    private static void WriteDeltaOfDelta(Span<byte> block, ref int position, long change)
    {
        if (change == 0)
        {
            ChunkBits.Write(block, ref position, 0b0, 1);
        }
        else if (ChunkBits.Fits(change, 14))
        {
            ChunkBits.Write(block, ref position, (0b10UL << 14) | ((ulong)change & 0x3FFF), 16);
        }
        else if (ChunkBits.Fits(change, 17))
        {
            ChunkBits.Write(block, ref position, (0b110UL << 17) | ((ulong)change & 0x1_FFFF), 20);
        }
        else if (ChunkBits.Fits(change, 20))
        {
            ChunkBits.Write(block, ref position, (0b1110UL << 20) | ((ulong)change & 0xF_FFFF), 24);
        }
        else
        {
            ChunkBits.Write(block, ref position, 0b1111, 4);
            ChunkBits.Write(block, ref position, (ulong)change, 64);
        }
    }
}
