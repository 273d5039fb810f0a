using System.Diagnostics;

namespace AmpEdge.Prometheus;

/// <summary>
/// Builds a remote write 2.0 message (<c>io.prometheus.write.v2.Request</c>) series by series. Reusable; not thread-safe.
/// </summary>
/// <remarks>
/// A series is begun, given its parts in any order, and ended; its fields then stand in the order of their numbers. Symbols are
/// numbered as they are first used, so metadata comes before labels to have the order in which Prometheus writes them. As
/// protobuf has it, fields that are zero are left out; the metadata message itself is always there.
/// </remarks>
public sealed class WriteRequestV2Writer
{
    private readonly SymbolTable _symbols = new();
    private readonly ByteBuffer _series = new(64 << 10);
    private readonly ByteBuffer _labelRefs = new();
    private readonly ByteBuffer _samples = new();
    private readonly ByteBuffer _histograms = new();
    private readonly ByteBuffer _exemplars = new();
    private readonly ByteBuffer _metadata = new();
    private readonly ByteBuffer _part = new();
    private bool _open;

    /// <summary>The bytes of the message so far, without the series that is being built.</summary>
    public int Length => _symbols.Fields.Length + _series.Length;

    public void Clear()
    {
        _symbols.Clear();
        _series.Clear();
        _open = false;
    }

    public void BeginSeries()
    {
        Debug.Assert(!_open, "the series before was not ended");
        _open = true;
        _labelRefs.Clear();
        _samples.Clear();
        _histograms.Clear();
        _exemplars.Clear();
        _metadata.Clear();
    }

    /// <summary>Says what the series' metric is; for <paramref name="type"/> see <see cref="SeriesMetadataV2.Type"/>.</summary>
    public void SetMetadata(uint type, ReadOnlySpan<byte> help, ReadOnlySpan<byte> unit)
    {
        _metadata.Clear();
        AppendUnlessZero(_metadata, WriteRequestV2Fields.MetadataType, type);
        AppendUnlessZero(_metadata, WriteRequestV2Fields.MetadataHelp, _symbols.NumberOf(help));
        AppendUnlessZero(_metadata, WriteRequestV2Fields.MetadataUnit, _symbols.NumberOf(unit));
    }

    /// <summary>Adds a label; the caller adds them sorted by name.</summary>
    public void AddLabel(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        _labelRefs.AppendUvarint(_symbols.NumberOf(name));
        _labelRefs.AppendUvarint(_symbols.NumberOf(value));
    }

    /// <summary>Adds a sample; the caller adds them in time order.</summary>
    public void AddSample(long timestampMs, double value, long startTimestampMs = 0)
    {
        _part.Clear();
        AppendDouble(_part, WriteRequestV2Fields.SampleValue, value);
        AppendUnlessZero(_part, WriteRequestV2Fields.SampleTimestamp, (ulong)timestampMs);
        AppendUnlessZero(_part, WriteRequestV2Fields.SampleStart, (ulong)startTimestampMs);
        AppendMessage(_samples, WriteRequestV2Fields.SeriesSample, _part.Written);
    }

    /// <summary>Adds a native histogram: the bytes of a <see cref="HistogramMessage"/>, its time included.</summary>
    public void AddHistogram(ReadOnlySpan<byte> message) =>
        AppendMessage(_histograms, WriteRequestV2Fields.SeriesHistogram, message);

    /// <summary>Adds an exemplar with the labels of a blob (<see cref="Labels"/>).</summary>
    public void AddExemplar(ReadOnlySpan<byte> labelBlob, double value, long timestampMs)
    {
        _part.Clear();
        foreach (LabelPair label in new LabelsEnumerator(labelBlob))
        {
            _part.AppendUvarint(_symbols.NumberOf(label.Name));
            _part.AppendUvarint(_symbols.NumberOf(label.Value));
        }

        int refsLength = _part.Length;
        AppendDouble(_part, WriteRequestV2Fields.ExemplarValue, value);
        AppendUnlessZero(_part, WriteRequestV2Fields.ExemplarTimestamp, (ulong)timestampMs);
        int refsHeader = refsLength == 0 ? 0 : 1 + Uvarint.Length((ulong)refsLength);
        _exemplars.Append(WriteRequestV2Fields.SeriesExemplar);
        _exemplars.AppendUvarint((ulong)(refsHeader + _part.Length));
        AppendRefs(_exemplars, WriteRequestV2Fields.ExemplarLabelRefs, _part.Written[..refsLength]);
        _exemplars.Append(_part.Written[refsLength..]);
    }

    /// <summary>Ends the series; <paramref name="createdTimestampMs"/> says when counting began, 0 when that is not known.</summary>
    public void EndSeries(long createdTimestampMs = 0)
    {
        Debug.Assert(_open, "no series was begun");
        _open = false;
        _part.Clear();
        AppendRefs(_part, WriteRequestV2Fields.SeriesLabelRefs, _labelRefs.Written);
        _part.Append(_samples.Written);
        _part.Append(_histograms.Written);
        _part.Append(_exemplars.Written);
        AppendMessage(_part, WriteRequestV2Fields.SeriesMetadata, _metadata.Written);
        AppendUnlessZero(_part, WriteRequestV2Fields.SeriesCreated, (ulong)createdTimestampMs);
        AppendMessage(_series, WriteRequestV2Fields.RequestTimeSeries, _part.Written);
    }

    /// <summary>Appends the message: symbols, then series.</summary>
    public void CopyTo(ByteBuffer target)
    {
        Debug.Assert(!_open, "a series was not ended");
        target.Append(_symbols.Fields);
        target.Append(_series.Written);
    }

    private static void AppendRefs(ByteBuffer target, byte tag, ReadOnlySpan<byte> packed)
    {
        if (!packed.IsEmpty)
        {
            AppendMessage(target, tag, packed);
        }
    }

    private static void AppendMessage(ByteBuffer target, byte tag, ReadOnlySpan<byte> message)
    {
        target.Append(tag);
        target.AppendLengthPrefixed(message);
    }

    private static void AppendUnlessZero(ByteBuffer target, byte tag, ulong value)
    {
        if (value != 0)
        {
            target.Append(tag);
            target.AppendUvarint(value);
        }
    }

    /// <summary>By its bits: a negative zero is a value of its own and must arrive as one.</summary>
    private static void AppendDouble(ByteBuffer target, byte tag, double value)
    {
        if (BitConverter.DoubleToUInt64Bits(value) != 0)
        {
            target.Append(tag);
            target.AppendDoubleLittleEndian(value);
        }
    }
}
