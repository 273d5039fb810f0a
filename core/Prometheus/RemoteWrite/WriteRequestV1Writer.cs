using System.Buffers.Binary;

namespace AmpEdge.Prometheus;

/// <summary>Appends the fields of a remote write 1.0 message (<c>prometheus.WriteRequest</c>) to a caller's buffer.</summary>
/// <remarks>
/// Labels come as a ready-to-send block, made once per series by <see cref="AppendLabel"/>, so a sample costs a copy and
/// a few bytes. As protobuf has it, fields that are zero are left out.
/// <code>
///   0x0A length | label block | 0x12 length 0x09 value 8 0x10 timestamp varint | …
/// </code>
/// </remarks>
public static class WriteRequestV1Writer
{
    /// <summary>The most that one sample takes inside its series: two tags, length, value, timestamp.</summary>
    public const int MaxSampleLength = 2 + 1 + sizeof(ulong) + 1 + Uvarint.MaxLength;

    /// <summary>The most that a series with one sample adds to its label block.</summary>
    public const int MaxSeriesOverhead = 1 + 5 + MaxSampleLength;

    /// <summary>Appends one label to a label block; the caller appends them sorted by name.</summary>
    public static void AppendLabel(ByteBuffer block, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int length = TextFieldLength(name) + TextFieldLength(value);
        block.Append(WriteRequestV1Fields.SeriesLabel);
        block.AppendUvarint((ulong)length);
        AppendText(block, WriteRequestV1Fields.LabelName, name);
        AppendText(block, WriteRequestV1Fields.LabelValue, value);
    }

    /// <summary>Appends a series with one sample.</summary>
    public static void AppendTimeSeries(ByteBuffer request, ReadOnlySpan<byte> labelBlock, long timestampMs, double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        bool usual = UsualFormV1.IsUsual(timestampMs, bits);
        int sampleLength = usual ? UsualFormV1.SampleFieldLength : SampleFieldLength(timestampMs, value);
        Span<byte> target = request.Reserve(labelBlock.Length + MaxSeriesOverhead);
        target[0] = WriteRequestV1Fields.RequestTimeSeries;
        int written = 1 + Uvarint.Write(target[1..], (ulong)(labelBlock.Length + sampleLength));
        labelBlock.CopyTo(target[written..]);
        written += labelBlock.Length;
        if (usual)
        {
            UsualFormV1.WriteSample(target[written..], timestampMs, bits);
        }
        else
        {
            WriteSample(target[written..], timestampMs, value);
        }

        request.Advance(written + sampleLength);
    }

    /// <summary>Appends a series with several samples, in time order; both columns have the same length.</summary>
    public static void AppendTimeSeries(
        ByteBuffer request, ReadOnlySpan<byte> labelBlock, ReadOnlySpan<long> timestampsMs, ReadOnlySpan<double> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, timestampsMs.Length);
        int seriesLength = labelBlock.Length;
        for (int index = 0; index < timestampsMs.Length; index++)
        {
            seriesLength += SampleFieldLength(timestampsMs[index], values[index]);
        }

        Span<byte> target = request.Reserve(1 + Uvarint.MaxLength + seriesLength);
        target[0] = WriteRequestV1Fields.RequestTimeSeries;
        int written = 1 + Uvarint.Write(target[1..], (ulong)seriesLength);
        labelBlock.CopyTo(target[written..]);
        written += labelBlock.Length;
        for (int index = 0; index < timestampsMs.Length; index++)
        {
            written += WriteSample(target[written..], timestampsMs[index], values[index]);
        }

        request.Advance(written);
    }

    /// <summary>Appends a series of any content: fields that the methods below appended, by their numbers.</summary>
    public static void AppendTimeSeries(ByteBuffer request, ReadOnlySpan<byte> labelBlock, ReadOnlySpan<byte> fields)
    {
        request.Append(WriteRequestV1Fields.RequestTimeSeries);
        request.AppendUvarint((ulong)(labelBlock.Length + fields.Length));
        request.Append(labelBlock);
        request.Append(fields);
    }

    /// <summary>Appends a sample to a series' fields.</summary>
    public static void AppendSample(ByteBuffer fields, long timestampMs, double value) =>
        fields.Advance(WriteSample(fields.Reserve(MaxSampleLength), timestampMs, value));

    /// <summary>Appends an exemplar to a series' fields; its labels are those of a blob (<see cref="Labels"/>).</summary>
    public static void AppendExemplar(ByteBuffer fields, ReadOnlySpan<byte> labelBlob, double value, long timestampMs)
    {
        int length = SampleFieldLength(timestampMs, value) - 2;
        foreach (LabelPair label in new LabelsEnumerator(labelBlob))
        {
            int labelLength = TextFieldLength(label.Name) + TextFieldLength(label.Value);
            length += 1 + Uvarint.Length((ulong)labelLength) + labelLength;
        }

        fields.Append(WriteRequestV1Fields.SeriesExemplar);
        fields.AppendUvarint((ulong)length);
        foreach (LabelPair label in new LabelsEnumerator(labelBlob))
        {
            AppendLabel(fields, label.Name, label.Value);
        }

        if (BitConverter.DoubleToUInt64Bits(value) != 0)
        {
            fields.Append(WriteRequestV1Fields.ExemplarValue);
            fields.AppendDoubleLittleEndian(value);
        }

        if (timestampMs != 0)
        {
            fields.Append(WriteRequestV1Fields.ExemplarTimestamp);
            fields.AppendUvarint((ulong)timestampMs);
        }
    }

    /// <summary>Appends a native histogram to a series' fields: the bytes of a <see cref="HistogramMessage"/>, its time included.</summary>
    public static void AppendHistogram(ByteBuffer fields, ReadOnlySpan<byte> message)
    {
        fields.Append(WriteRequestV1Fields.SeriesHistogram);
        fields.AppendLengthPrefixed(message);
    }

    /// <summary>Appends one metric family's metadata; for <paramref name="type"/> see <see cref="MetricMetadataV1.Type"/>.</summary>
    public static void AppendMetadata(
        ByteBuffer request, uint type, ReadOnlySpan<byte> family, ReadOnlySpan<byte> help, ReadOnlySpan<byte> unit)
    {
        int length = (type == 0 ? 0 : 1 + Uvarint.Length(type))
            + TextFieldLength(family) + TextFieldLength(help) + TextFieldLength(unit);
        request.Append(WriteRequestV1Fields.RequestMetadata);
        request.AppendUvarint((ulong)length);
        if (type != 0)
        {
            request.Append(WriteRequestV1Fields.MetadataType);
            request.AppendUvarint(type);
        }

        AppendText(request, WriteRequestV1Fields.MetadataFamily, family);
        AppendText(request, WriteRequestV1Fields.MetadataHelp, help);
        AppendText(request, WriteRequestV1Fields.MetadataUnit, unit);
    }

    private static int WriteSample(Span<byte> target, long timestampMs, double value)
    {
        int length = 2;
        ulong bits = BitConverter.DoubleToUInt64Bits(value);

        // By its bits: a negative zero is a value of its own and must arrive as one.
        if (bits != 0)
        {
            target[length] = WriteRequestV1Fields.SampleValue;
            BinaryPrimitives.WriteUInt64LittleEndian(target[(length + 1)..], bits);
            length += 1 + sizeof(ulong);
        }

        if (timestampMs != 0)
        {
            target[length] = WriteRequestV1Fields.SampleTimestamp;
            length += 1 + Uvarint.Write(target[(length + 1)..], (ulong)timestampMs);
        }

        target[0] = WriteRequestV1Fields.SeriesSample;
        target[1] = (byte)(length - 2);
        return length;
    }

    private static int SampleFieldLength(long timestampMs, double value) =>
        2 + (BitConverter.DoubleToUInt64Bits(value) == 0 ? 0 : 1 + sizeof(ulong))
        + (timestampMs == 0 ? 0 : 1 + Uvarint.Length((ulong)timestampMs));

    private static int TextFieldLength(ReadOnlySpan<byte> text) =>
        text.IsEmpty ? 0 : 1 + Uvarint.Length((ulong)text.Length) + text.Length;

    private static void AppendText(ByteBuffer target, byte tag, ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty)
        {
            target.Append(tag);
            target.AppendLengthPrefixed(text);
        }
    }
}
