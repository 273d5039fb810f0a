namespace AmpEdge.Prometheus;

/// <summary>
/// Where <see cref="ProtobufParser"/> writes what protobuf has no text of: the series in the form of the text format,
/// so that one body makes labels and knows series again. Reused from page to page.
/// </summary>
public sealed class ProtobufScratch
{
    private readonly ByteBuffer _bytes = new();
    private int _labelsEnd;

    internal ReadOnlySpan<byte> Bytes => _bytes.Written;

    internal int Length => _bytes.Length;

    internal Histogram Histogram { get; } = new();

    /// <summary>Begins a metric: labels follow.</summary>
    internal void BeginMetric(LabelSlots slots)
    {
        _bytes.Clear();
        slots.Clear();
        _labelsEnd = 0;
    }

    internal void AddLabel(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, LabelSlots slots)
    {
        slots.Add(WriteLabel(name, value));
        _labelsEnd = _bytes.Length;
    }

    /// <summary>
    /// Writes a series of the metric, over the one before: the family's name, a suffix, the metric's labels, and one more
    /// when <paramref name="bound"/> is a number.
    /// </summary>
    internal void WriteSeries(
        ReadOnlySpan<byte> family, ReadOnlySpan<byte> suffix, ReadOnlySpan<byte> boundName, double? bound,
        int metricLabels, LabelSlots slots, out Range name, out Range series)
    {
        _bytes.Truncate(_labelsEnd);
        slots.Truncate(metricLabels);
        int start = _bytes.Length;
        bool isPlain = LabelNames.IsLegacyMetricName(family);
        if (!isPlain)
        {
            _bytes.Append("{\""u8);
        }

        int nameStart = _bytes.Length;
        Escape(family);
        _bytes.Append(suffix);
        name = nameStart.._bytes.Length;
        _bytes.Append(isPlain ? "{"u8 : "\","u8);
        _bytes.Append(Bytes[.._labelsEnd]);
        if (bound is { } number)
        {
            Span<byte> canonical = stackalloc byte[FloatFormatter.MaxLength];
            int length = FloatFormatter.WriteCanonicalLabelValue(number, canonical);
            slots.Add(WriteLabel(boundName, canonical[..length]));
        }

        _bytes.Append((byte)'}');
        series = start.._bytes.Length;
    }

    /// <summary>Writes a line of metadata over whatever was there.</summary>
    internal void WriteMetadata(
        ReadOnlySpan<byte> keyword, ReadOnlySpan<byte> family, ReadOnlySpan<byte> content, out Range name, out Range text)
    {
        _bytes.Clear();
        _bytes.Append(keyword);
        int start = _bytes.Length;
        Escape(family);
        name = start.._bytes.Length;
        _bytes.Append((byte)' ');
        start = _bytes.Length;
        Escape(content);
        text = start.._bytes.Length;
    }

    /// <summary>Writes a label of an exemplar behind the series.</summary>
    internal void AddExemplarLabel(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, LabelSlots slots) =>
        slots.Add(WriteLabel(name, value));

    /// <summary>Forgets the labels of an exemplar.</summary>
    internal void Truncate(int length) => _bytes.Truncate(length);

    private LabelSlot WriteLabel(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        bool isPlain = LabelNames.IsLegacyLabelName(name);
        if (!isPlain)
        {
            _bytes.Append((byte)'"');
        }

        int nameStart = _bytes.Length;
        Escape(name);
        int nameLength = _bytes.Length - nameStart;
        _bytes.Append(isPlain ? "=\""u8 : "\"=\""u8);
        int valueStart = _bytes.Length;
        Escape(value);
        int valueLength = _bytes.Length - valueStart;
        _bytes.Append("\","u8);
        return new LabelSlot(nameStart, nameLength, valueStart, valueLength);
    }

    private void Escape(ReadOnlySpan<byte> text)
    {
        int special = text.IndexOfAny((byte)'\\', (byte)'"', (byte)'\n');
        while (special >= 0)
        {
            _bytes.Append(text[..special]);
            _bytes.Append((byte)'\\');
            _bytes.Append(text[special] == '\n' ? (byte)'n' : text[special]);
            text = text[(special + 1)..];
            special = text.IndexOfAny((byte)'\\', (byte)'"', (byte)'\n');
        }

        _bytes.Append(text);
    }
}
