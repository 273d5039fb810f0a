using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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

    /// <summary>What <see cref="BeginTimeSeries"/> leaves free for tag and length: enough for 128 bytes to 16 KiB, the usual lengths.</summary>
    private const int ReservedHeader = 3;

    /// <summary>A label whose name and value together are shorter has every length in one byte.</summary>
    private const int UsualLabelEnd = 0x80 - 4;

    /// <summary>Room behind short texts, so that they are copied by whole vectors.</summary>
    private const int CopyReserve = 16;

    /// <summary>Appends one label to a label block; the caller appends them sorted by name.</summary>
    public static void AppendLabel(ByteBuffer block, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int length = TextFieldLength(name) + TextFieldLength(value);
        block.Append(WriteRequestV1Fields.SeriesLabel);
        block.AppendUvarint((ulong)length);
        AppendText(block, WriteRequestV1Fields.LabelName, name);
        AppendText(block, WriteRequestV1Fields.LabelValue, value);
    }

    /// <summary>
    /// Begins a series right in the request; labels and fields are appended to the request, then it is ended. Returns where it begins.
    /// </summary>
    public static int BeginTimeSeries(ByteBuffer request)
    {
        int start = request.Length;
        request.Reserve(ReservedHeader);
        request.Advance(ReservedHeader);
        return start;
    }

    /// <summary>Ends the series that began at <paramref name="start"/>; returns by how many bytes its content had to be moved.</summary>
    public static int EndTimeSeries(ByteBuffer request, int start)
    {
        int length = request.Length - start - ReservedHeader;
        int shift = 1 + Uvarint.Length((ulong)length) - ReservedHeader;
        if (shift != 0)
        {
            if (shift > 0)
            {
                request.Reserve(shift);
                request.Advance(shift);
            }

            Span<byte> series = request.Patch(start, request.Length - start);
            series.Slice(ReservedHeader, length).CopyTo(series[(ReservedHeader + shift)..]);
            request.Truncate(start + ReservedHeader + shift + length);
        }

        Span<byte> header = request.Patch(start, ReservedHeader + shift);
        header[0] = WriteRequestV1Fields.RequestTimeSeries;
        Uvarint.Write(header[1..], (ulong)length);
        return shift;
    }

    /// <summary>Appends the labels of a blob (<see cref="Labels"/>), and to <paramref name="parts"/> where each begins.</summary>
    public static void AppendLabels(ByteBuffer request, ReadOnlySpan<byte> labelBlob, PartStarts parts)
    {
        while (!labelBlob.IsEmpty)
        {
            parts.Add(request.Length);
            int nameLength = labelBlob[0];
            int valueAt = 1 + nameLength;
            int valueLength = nameLength < UsualLabelEnd ? labelBlob[valueAt] : UsualLabelEnd;
            if (nameLength + valueLength >= UsualLabelEnd)
            {
                AppendUnusualLabel(request, ref labelBlob);
                continue;
            }

            // From | length name length value | to | tag length tag length name tag length value |.
            int length = 4 + nameLength + valueLength;
            Span<byte> label = request.Reserve(2 + length + CopyReserve);
            label[0] = WriteRequestV1Fields.SeriesLabel;
            label[1] = (byte)length;
            label[2] = WriteRequestV1Fields.LabelName;
            CopyShort(labelBlob, 1 + nameLength, label[3..]);
            label[4 + nameLength] = WriteRequestV1Fields.LabelValue;
            CopyShort(labelBlob[valueAt..], 1 + valueLength, label[(5 + nameLength)..]);
            request.Advance(2 + length);
            labelBlob = labelBlob[(valueAt + 1 + valueLength)..];
        }
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
    public static void AppendSample(ByteBuffer fields, long timestampMs, double value)
    {
        Span<byte> target = fields.Reserve(MaxSampleLength);
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        if (UsualFormV1.IsUsual(timestampMs, bits))
        {
            UsualFormV1.WriteSample(target, timestampMs, bits);
            fields.Advance(UsualFormV1.SampleFieldLength);
        }
        else
        {
            fields.Advance(WriteSample(target, timestampMs, value));
        }
    }

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

    private static void AppendUnusualLabel(ByteBuffer request, ref ReadOnlySpan<byte> labelBlob)
    {
        LabelsEnumerator labels = new(labelBlob);
        if (labels.MoveNext())
        {
            LabelPair label = labels.Current;
            AppendLabel(request, label.Name, label.Value);
            labelBlob = labelBlob[(Uvarint.Length((ulong)label.Name.Length) + label.Name.Length
                + Uvarint.Length((ulong)label.Value.Length) + label.Value.Length)..];
        }
    }

    /// <summary>Copies the first bytes of a text; the target has <see cref="CopyReserve"/> bytes behind them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyShort(ReadOnlySpan<byte> source, int length, Span<byte> target)
    {
        if (source.Length < Vector128<byte>.Count || length > 2 * Vector128<byte>.Count)
        {
            source[..length].CopyTo(target);
            return;
        }

        Vector128.Create(source).CopyTo(target);
        if (length > Vector128<byte>.Count)
        {
            // The last sixteen bytes, which may overlap the first.
            Vector128.Create(source[(length - Vector128<byte>.Count)..]).CopyTo(target[(length - Vector128<byte>.Count)..]);
        }
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
