namespace AmpEdge.Prometheus;

/// <summary>Writes native histograms as remote write 1.0 and 2.0 carry them: the bytes that <see cref="HistogramMessage"/> reads.</summary>
public static class HistogramMessageWriter
{
    /// <summary>Appends the fields of the message in order of their numbers, those of default value left out.</summary>
    public static void Write(ByteBuffer target, Histogram histogram, long timestampMs)
    {
        // The count is always there, for it says which of the two forms this is.
        WriteCount(target, histogram.IsFloat, HistogramFields.CountInt, histogram.Count, histogram.FloatCount);
        WriteDouble(target, HistogramFields.Sum, histogram.Sum);
        WriteVarint(target, HistogramFields.Schema, Uvarint.ZigZag(histogram.Schema));
        WriteDouble(target, HistogramFields.ZeroThreshold, histogram.ZeroThreshold);
        WriteCount(
            target, histogram.IsFloat, HistogramFields.ZeroCountInt, histogram.ZeroCount, histogram.FloatZeroCount);
        WriteSide(target, histogram.Negative, HistogramFields.NegativeSpans);
        WriteSide(target, histogram.Positive, HistogramFields.PositiveSpans);
        WriteVarint(target, HistogramFields.ResetHint, (ulong)histogram.CounterResetHint);
        WriteVarint(target, HistogramFields.Timestamp, (ulong)timestampMs);
        WriteDoubles(target, HistogramFields.CustomValuesNumber, histogram.CustomValues);
    }

    /// <summary>In the message the tag of a float count follows that of the integer one.</summary>
    private static void WriteCount(ByteBuffer target, bool isFloat, uint integerTag, ulong count, double floatCount)
    {
        if (isFloat)
        {
            target.AppendUvarint(((integerTag >> 3) + 1) << 3 | ProtobufField.Fixed64);
            target.AppendDoubleLittleEndian(floatCount);
        }
        else
        {
            target.AppendUvarint(integerTag);
            target.AppendUvarint(count);
        }
    }

    private static void WriteSide(ByteBuffer target, HistogramSide side, uint spansTag)
    {
        foreach (HistogramSpan span in side.Spans)
        {
            ulong offset = Uvarint.ZigZag(span.Offset);
            int length = (offset == 0 ? 0 : 1 + Uvarint.Length(offset))
                + (span.Length == 0 ? 0 : 1 + Uvarint.Length(span.Length));
            target.AppendUvarint(spansTag);
            target.AppendUvarint((ulong)length);
            WriteVarint(target, HistogramFields.SpanOffset, offset);
            WriteVarint(target, HistogramFields.SpanLength, span.Length);
        }

        // Deltas and float counts are the two fields after the spans.
        int number = (int)(spansTag >> 3);
        WriteDeltas(target, number + 1, side.Counts);
        WriteDoubles(target, number + 2, side.FloatCounts);
    }

    private static void WriteDeltas(ByteBuffer target, int number, ReadOnlySpan<long> counts)
    {
        if (counts.IsEmpty)
        {
            return;
        }

        int length = 0;
        long before = 0;
        foreach (long count in counts)
        {
            length += Uvarint.Length(Uvarint.ZigZag(unchecked(count - before)));
            before = count;
        }

        target.AppendUvarint((uint)number << 3 | ProtobufField.LengthDelimited);
        target.AppendUvarint((ulong)length);
        before = 0;
        foreach (long count in counts)
        {
            target.AppendVarint(unchecked(count - before));
            before = count;
        }
    }

    private static void WriteDoubles(ByteBuffer target, int number, ReadOnlySpan<double> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        target.AppendUvarint((uint)number << 3 | ProtobufField.LengthDelimited);
        target.AppendUvarint((ulong)(values.Length * sizeof(double)));
        foreach (double value in values)
        {
            target.AppendDoubleLittleEndian(value);
        }
    }

    private static void WriteVarint(ByteBuffer target, uint tag, ulong value)
    {
        if (value != 0)
        {
            target.AppendUvarint(tag);
            target.AppendUvarint(value);
        }
    }

    private static void WriteDouble(ByteBuffer target, uint tag, double value)
    {
        if (BitConverter.DoubleToUInt64Bits(value) != 0)
        {
            target.AppendUvarint(tag);
            target.AppendDoubleLittleEndian(value);
        }
    }
}
