using System.Numerics;

namespace AmpEdge.Tsdb;

// An integer of a histogram chunk: as many ones as there are shorter forms, a zero (not behind the last form), its bits.
//
//   form   1   2   3   4   5    6    7    8    9
//   ones   0   1   2   3   4    5    6    7    8
//   bits   0   3   6   9   12   18   25   56   64

/// <summary>The integers of histogram chunks (FORMAT.md, "Histogram chunks"): short when they are small.</summary>
internal static class Varbit
{
    /// <summary>The most that one takes.</summary>
    public const int MaxBits = 72;

    private const int LastForm = 8;

    private static ReadOnlySpan<byte> Bits => [0, 3, 6, 9, 12, 18, 25, 56, 64];

    public static void WriteSigned(Span<byte> block, ref int bitPosition, long value)
    {
        int form = 0;
        if (value != 0)
        {
            for (form = 1; form < LastForm && !ChunkBits.Fits(value, Bits[form]); form++)
            {
                // The first form that is long enough.
            }
        }

        Write(block, ref bitPosition, (ulong)value, form);
    }

    public static void WriteUnsigned(Span<byte> block, ref int bitPosition, ulong value)
    {
        int needed = 64 - BitOperations.LeadingZeroCount(value);
        int form = 0;
        while (Bits[form] < needed)
        {
            form++;
        }

        Write(block, ref bitPosition, value, form);
    }

    public static long ReadSigned(ref ChunkBitReader reader)
    {
        int form = ReadForm(ref reader);
        return form == 0 ? 0 : reader.ReadSigned(Bits[form]);
    }

    public static ulong ReadUnsigned(ref ChunkBitReader reader)
    {
        int form = ReadForm(ref reader);
        return form == 0 ? 0 : reader.ReadBits(Bits[form]);
    }

    private static void Write(Span<byte> block, ref int bitPosition, ulong value, int form)
    {
        // Ones and the zero behind them; the last form has no zero.
        ulong prefix = (2UL << form) - 2;
        int prefixBits = form + 1;
        if (form == LastForm)
        {
            prefix = 0xFF;
            prefixBits = LastForm;
        }

        ChunkBits.Write(block, ref bitPosition, prefix, prefixBits);
        int bits = Bits[form];
        if (bits > 0)
        {
            ChunkBits.Write(block, ref bitPosition, bits == 64 ? value : value & ((1UL << bits) - 1), bits);
        }
    }

    private static int ReadForm(ref ChunkBitReader reader)
    {
        int form = 0;
        while (form < LastForm && reader.ReadBits(1) != 0)
        {
            form++;
        }

        return form;
    }
}
