using System.Runtime.InteropServices;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

// The beginning of a histogram chunk, behind its header. FORMAT.md, "Histogram chunks".
//
//   +------------------------+---------------+------------+-------------------------------+-----+---------------+
//   | zero threshold 1 or 9  | schema signed | spans      | length unsigned | offset sgn. | ... | custom bounds |
//   +------------------------+---------------+------------+-------------------------------+-----+---------------+

/// <summary>Reads and writes what all histograms of a chunk share.</summary>
internal static class HistogramLayout
{
    /// <summary>A threshold that is zero.</summary>
    private const int ZeroByte = 0;

    /// <summary>A threshold that is no power of two of the range: all its bits follow.</summary>
    private const int PlainByte = 255;

    /// <summary>What is added to the exponent of a power of two, in the sense of a fraction from a half to one.</summary>
    private const int ExponentBias = 243;

    /// <summary>Bounds are mostly decimal numbers with few places: up to this, thousandths are written.</summary>
    private const double LargestThousandths = 33_554_430;

    /// <summary>The most that it takes, in bytes.</summary>
    public static int MaxBytes(HistogramNumbers chunk) =>
        (2 * Varbit.MaxBits)
        + (2 * Varbit.MaxBits * (chunk.Positive.Spans.Length + chunk.Negative.Spans.Length + chunk.CustomValues.Count));

    public static void Write(Span<byte> block, ref int bitPosition, HistogramNumbers chunk)
    {
        WriteThreshold(block, ref bitPosition, chunk.ZeroThreshold);
        Varbit.WriteSigned(block, ref bitPosition, chunk.Schema);
        WriteSpans(block, ref bitPosition, chunk.Positive.Spans);
        WriteSpans(block, ref bitPosition, chunk.Negative.Spans);
        if (chunk.Schema == FloatHistogram.CustomBucketsSchema)
        {
            Varbit.WriteUnsigned(block, ref bitPosition, (ulong)chunk.CustomValues.Count);
            foreach (double bound in CollectionsMarshal.AsSpan(chunk.CustomValues))
            {
                WriteBound(block, ref bitPosition, bound);
            }
        }
    }

    /// <summary>Reads it into a cleared chunk; what cannot be marks the reader as corrupt.</summary>
    public static void Read(ref ChunkBitReader reader, HistogramNumbers chunk)
    {
        chunk.ZeroThreshold = ReadThreshold(ref reader);
        long schema = Varbit.ReadSigned(ref reader);
        if (schema != FloatHistogram.CustomBucketsSchema && schema is < Histogram.MinSchema or > Histogram.MaxReservedSchema)
        {
            reader.MarkCorrupt();
            return;
        }

        chunk.Schema = (int)schema;
        ReadSpans(ref reader, chunk.Positive);
        ReadSpans(ref reader, chunk.Negative);
        if (chunk.Schema == FloatHistogram.CustomBucketsSchema)
        {
            for (ulong left = ReadCount(ref reader); left > 0 && !reader.Corrupt; left--)
            {
                chunk.CustomValues.Add(ReadBound(ref reader));
            }
        }
    }

    private static void WriteThreshold(Span<byte> block, ref int bitPosition, double threshold)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(threshold);
        int exponent = (int)(bits >> 52) - 1022;
        bool isPowerOfTwo = bits << 12 == 0 && bits >> 63 == 0;
        if (threshold == 0)
        {
            ChunkBits.Write(block, ref bitPosition, ZeroByte, 8);
        }
        else if (isPowerOfTwo && exponent is >= -242 and <= 11)
        {
            ChunkBits.Write(block, ref bitPosition, (ulong)(exponent + ExponentBias), 8);
        }
        else
        {
            ChunkBits.Write(block, ref bitPosition, PlainByte, 8);
            ChunkBits.Write(block, ref bitPosition, bits, 64);
        }
    }

    private static double ReadThreshold(ref ChunkBitReader reader)
    {
        int first = (int)reader.ReadBits(8);
        return first switch
        {
            ZeroByte => 0,
            PlainByte => BitConverter.UInt64BitsToDouble(reader.ReadBits(64)),
            _ => Math.ScaleB(0.5, first - ExponentBias),
        };
    }

    private static void WriteSpans(Span<byte> block, ref int bitPosition, ReadOnlySpan<HistogramSpan> spans)
    {
        Varbit.WriteUnsigned(block, ref bitPosition, (ulong)spans.Length);
        foreach (HistogramSpan span in spans)
        {
            Varbit.WriteUnsigned(block, ref bitPosition, span.Length);
            Varbit.WriteSigned(block, ref bitPosition, span.Offset);
        }
    }

    private static void ReadSpans(ref ChunkBitReader reader, BucketNumbers side)
    {
        bool isFirst = true;
        for (ulong left = ReadCount(ref reader); left > 0 && !reader.Corrupt; left--)
        {
            ulong length = Varbit.ReadUnsigned(ref reader);
            long offset = Varbit.ReadSigned(ref reader);

            // Each bucket takes a bit of the first histogram at least, so more of them than bits are none.
            if ((long)length > reader.BitsLeft - side.Count || length > int.MaxValue || offset != (int)offset || (offset < 0 && !isFirst))
            {
                reader.MarkCorrupt();
                return;
            }

            side.Add(new HistogramSpan((int)offset, (uint)length));
            isFirst = false;
        }

        side.MakeRoom();
    }

    private static void WriteBound(Span<byte> block, ref int bitPosition, double bound)
    {
        double thousandths = bound * 1000;
        double rounded = Math.Round(thousandths, MidpointRounding.AwayFromZero);
        if (thousandths is >= 0 and <= LargestThousandths && (ulong)rounded / 1000.0 == bound)
        {
            // One more than it is, so that it never begins with a zero.
            Varbit.WriteUnsigned(block, ref bitPosition, (ulong)rounded + 1);
        }
        else
        {
            ChunkBits.Write(block, ref bitPosition, 0, 1);
            ChunkBits.Write(block, ref bitPosition, BitConverter.DoubleToUInt64Bits(bound), 64);
        }
    }

    private static double ReadBound(ref ChunkBitReader reader)
    {
        ulong number = Varbit.ReadUnsigned(ref reader);
        return number == 0 ? BitConverter.UInt64BitsToDouble(reader.ReadBits(64)) : (number - 1) / 1000.0;
    }

    /// <summary>How many things follow, each of which takes a bit at least.</summary>
    private static ulong ReadCount(ref ChunkBitReader reader)
    {
        ulong count = Varbit.ReadUnsigned(ref reader);
        if ((long)Math.Min(count, long.MaxValue) > reader.BitsLeft)
        {
            reader.MarkCorrupt();
        }

        return count;
    }
}
