namespace AmpEdge.Tsdb;

/// <summary>One of the numbers of a histogram in a chunk, as the next histogram's is written or read against it.</summary>
internal struct HistogramNumber
{
    /// <summary>The integer, or the bits of the float.</summary>
    public ulong Value;

    /// <summary>How much the integer changed last.</summary>
    public long Delta;

    /// <summary>Leading zeros of the float's window; <see cref="ChunkBits.NoWindow"/> before the first.</summary>
    public byte Leading;

    /// <summary>Trailing zeros of that window.</summary>
    public byte Trailing;

    public readonly double Float => BitConverter.UInt64BitsToDouble(Value);

    /// <summary>The number of the first histogram, for writing.</summary>
    public void Begin(ulong value)
    {
        Value = value;
        Delta = 0;
        Leading = ChunkBits.NoWindow;
        Trailing = 0;
    }

    /// <summary>Writes the change of the change.</summary>
    public void WriteInteger(Span<byte> block, ref int bitPosition, ulong value)
    {
        long delta = (long)(value - Value);
        Varbit.WriteSigned(block, ref bitPosition, delta - Delta);
        Value = value;
        Delta = delta;
    }

    public void ReadInteger(ref ChunkBitReader reader)
    {
        Delta += Varbit.ReadSigned(ref reader);
        Value += (ulong)Delta;
    }

    public void WriteFloat(Span<byte> block, ref int bitPosition, ulong value)
    {
        ChunkBits.WriteXor(block, ref bitPosition, value ^ Value, ref Leading, ref Trailing);
        Value = value;
    }

    public void ReadFloat(ref ChunkBitReader reader) => reader.ReadXor(ref Value, ref Leading, ref Trailing);
}
