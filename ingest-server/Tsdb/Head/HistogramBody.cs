using System.Buffers.Binary;
using System.Numerics;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

// A native histogram without its time (FORMAT.md, "Histogram body"); equal histograms have equal bodies but for the hint:
//
//   +---------+---------------+----------------+-----+-------+------------+----------------+----------+----------+
//   | flags 1 | schema varint | zero threshold | sum | count | zero count | custom bounds  | positive | negative |
//   |         |               | number         | num.| *     | *          | only schema -53| side     | side     |
//   +---------+---------------+----------------+-----+-------+------------+----------------+----------+----------+
//   flags: bits 0..1 counter reset hint, bit 2 counts are floats, bit 3 the marker of the series' end: nothing follows

/// <summary>Writes and reads native histograms as the head and its log keep them.</summary>
internal static class HistogramBody
{
    private const byte HintMask = 0x03;
    private const byte FloatFlag = 0x04;
    private const byte StaleFlag = 0x08;
    private const byte KnownFlags = HintMask | FloatFlag | StaleFlag;

    /// <summary>Appends a histogram that has no problem (<see cref="Histogram.FindProblem"/>).</summary>
    public static void Write(ByteBuffer target, Histogram histogram)
    {
        int flags = (int)histogram.CounterResetHint | (histogram.IsFloat ? FloatFlag : 0);
        if (histogram.IsStale)
        {
            target.Append((byte)(flags | StaleFlag));
            return;
        }

        target.Append((byte)flags);
        target.AppendVarint(histogram.Schema);
        WriteNumber(target, histogram.ZeroThreshold);
        WriteNumber(target, histogram.Sum);
        WriteCount(target, histogram.IsFloat, histogram.Count, histogram.FloatCount);
        WriteCount(target, histogram.IsFloat, histogram.ZeroCount, histogram.FloatZeroCount);
        if (histogram.HasCustomBuckets)
        {
            target.AppendUvarint((ulong)histogram.CustomValues.Length);
            foreach (double bound in histogram.CustomValues)
            {
                WriteNumber(target, bound);
            }
        }

        WriteSide(target, histogram.IsFloat, histogram.Positive);
        WriteSide(target, histogram.IsFloat, histogram.Negative);
    }

    /// <summary>Reads a body whole; false, with the histogram in any state, when the bytes are none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, Histogram histogram)
    {
        SpanReader reader = new(body);
        byte flags = reader.ReadByte();
        histogram.Clear();
        histogram.CounterResetHint = (CounterResetHint)(flags & HintMask);
        histogram.IsFloat = (flags & FloatFlag) != 0;
        if ((flags & ~KnownFlags) != 0 || (flags & StaleFlag) != 0)
        {
            histogram.Sum = StaleMarker.Value;
            return (flags & ~KnownFlags) == 0 && !reader.Truncated && reader.AtEnd;
        }

        long schema = reader.ReadVarint();
        histogram.Schema = (int)schema;
        histogram.ZeroThreshold = ReadNumber(ref reader);
        histogram.Sum = ReadNumber(ref reader);
        (histogram.Count, histogram.FloatCount) = ReadCount(ref reader, histogram.IsFloat);
        (histogram.ZeroCount, histogram.FloatZeroCount) = ReadCount(ref reader, histogram.IsFloat);
        int bounds = histogram.HasCustomBuckets ? reader.ReadUvarintInt32() : 0;
        for (int index = 0; index < bounds && !reader.Truncated; index++)
        {
            histogram.AddCustomValue(ReadNumber(ref reader));
        }

        return schema == histogram.Schema
            && ReadSide(ref reader, histogram.IsFloat, histogram.Positive)
            && ReadSide(ref reader, histogram.IsFloat, histogram.Negative)
            && !reader.Truncated
            && reader.AtEnd
            && histogram.FindProblem() is null;
    }

    /// <summary>Whether two bodies are the same histogram, whatever their hints say.</summary>
    public static bool AreSame(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        left.Length == right.Length && ((left[0] ^ right[0]) & ~HintMask) == 0 && left[1..].SequenceEqual(right[1..]);

    /// <summary>Replaces the hint of a body.</summary>
    public static void SetHint(Span<byte> body, CounterResetHint hint) => body[0] = (byte)((body[0] & ~HintMask) | (int)hint);

    public static bool IsFloat(ReadOnlySpan<byte> body) => (body[0] & FloatFlag) != 0;

    /// <summary>A count of bytes, then the most significant ones of the 64 bits; the rest is zero.</summary>
    public static void WriteNumber(ByteBuffer target, double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        int bytes = sizeof(ulong) - (BitOperations.TrailingZeroCount(bits) / 8);
        Span<byte> room = target.Reserve(1 + sizeof(ulong));
        room[0] = (byte)bytes;
        BinaryPrimitives.WriteUInt64BigEndian(room[1..], bits);
        target.Advance(1 + bytes);
    }

    /// <summary>Reads what <see cref="WriteNumber"/> wrote; a wrong count of bytes leaves the reader truncated.</summary>
    public static double ReadNumber(ref SpanReader reader)
    {
        int bytes = reader.ReadByte();
        ReadOnlySpan<byte> significant = reader.ReadBytes(bytes <= sizeof(ulong) ? bytes : int.MaxValue);
        ulong bits = 0;
        for (int index = 0; index < significant.Length; index++)
        {
            bits |= (ulong)significant[index] << (56 - (8 * index));
        }

        return BitConverter.UInt64BitsToDouble(bits);
    }

    private static void WriteCount(ByteBuffer target, bool isFloat, ulong count, double floatCount)
    {
        if (isFloat)
        {
            WriteNumber(target, floatCount);
        }
        else
        {
            target.AppendUvarint(count);
        }
    }

    private static (ulong Count, double FloatCount) ReadCount(ref SpanReader reader, bool isFloat) =>
        isFloat ? (0, ReadNumber(ref reader)) : (reader.ReadUvarint(), 0);

    private static void WriteSide(ByteBuffer target, bool isFloat, HistogramSide side)
    {
        target.AppendUvarint((ulong)side.Spans.Length);
        foreach (HistogramSpan span in side.Spans)
        {
            target.AppendVarint(span.Offset);
            target.AppendUvarint(span.Length);
        }

        if (isFloat)
        {
            foreach (double count in side.FloatCounts)
            {
                WriteNumber(target, count);
            }

            return;
        }

        long before = 0;
        foreach (long count in side.Counts)
        {
            target.AppendVarint(unchecked(count - before));
            before = count;
        }
    }

    private static bool ReadSide(ref SpanReader reader, bool isFloat, HistogramSide side)
    {
        int spans = reader.ReadUvarintInt32();
        long buckets = 0;
        for (int index = 0; index < spans && !reader.Truncated; index++)
        {
            long offset = reader.ReadVarint();
            ulong length = reader.ReadUvarint();
            if (offset is < int.MinValue or > int.MaxValue || length > HistogramMessage.MaxBuckets)
            {
                return false;
            }

            side.AddSpan(new HistogramSpan((int)offset, (uint)length));
            buckets += (long)length;
        }

        if (buckets > HistogramMessage.MaxBuckets)
        {
            return false;
        }

        for (long index = 0; index < buckets && !reader.Truncated; index++)
        {
            if (isFloat)
            {
                side.AddFloatCount(ReadNumber(ref reader));
            }
            else
            {
                side.AddDelta(reader.ReadVarint());
            }
        }

        return !reader.Truncated;
    }
}
