using System.Text.Unicode;

namespace AmpEdge.Prometheus;

/// <summary>
/// Parser of delimited <c>io.prometheus.client.MetricFamily</c> messages. It yields the entries that the text formats
/// would give, in Prometheus's order, and native histograms beside them.
/// </summary>
public ref struct ProtobufParser : IExpositionParser
{
    private readonly ReadOnlySpan<byte> _input;
    private readonly LabelSlots _labels;
    private readonly LabelSlots _exemplarLabels;
    private readonly ProtobufScratch _scratch;
    private readonly HistogramForms _forms;
    private ProtobufFamily _family;
    private ProtobufMetric _metric;
    private ProtobufExemplars _exemplars;
    private Range _name;
    private Range _series;
    private Range _text;
    private int _seriesEnd;

    /// <summary>Begins at <paramref name="position"/>, the start of a message's length.</summary>
    public ProtobufParser(
        ReadOnlySpan<byte> input,
        LabelSlots labels,
        LabelSlots exemplarLabels,
        ProtobufScratch scratch,
        HistogramForms forms,
        int position = 0)
    {
        _input = input;
        _labels = labels;
        _exemplarLabels = exemplarLabels;
        _scratch = scratch;
        _forms = forms;
        Position = position;
    }

    public readonly ReadOnlySpan<byte> Page => _scratch.Bytes;

    /// <summary>Behind the family that the entry belongs to.</summary>
    public int Position { get; private set; }

    public readonly ReadOnlySpan<byte> Name => Page[_name];

    public readonly ReadOnlySpan<byte> SeriesText => Page[_series];

    public readonly ReadOnlySpan<byte> Text => Page[_text];

    public readonly LabelSlots Labels => _labels;

    public readonly MetricType FamilyType => _family.Type;

    public double Value { get; private set; }

    /// <summary>The histogram of an <see cref="ExpositionEntry.Histogram"/>.</summary>
    public readonly Histogram Histogram => _scratch.Histogram;

    public readonly bool HasTimestamp => _metric.TimestampMs != 0;

    public readonly long TimestampMs => _metric.TimestampMs;

    /// <summary>When the metric began to count, in milliseconds since 1970; 0 where the page does not say.</summary>
    public readonly long StartTimestampMs => _metric.StartTimestampMs;

    public readonly LabelSlots ExemplarLabels => _exemplarLabels;

    public double ExemplarValue { get; private set; }

    public bool HasExemplarTimestamp { get; private set; }

    public long ExemplarTimestampMs { get; private set; }

    public ExpositionError? Error { get; private set; }

    /// <summary>
    /// The length of the first message with its prefix, as far as the bytes tell: 0 when not even the prefix is whole,
    /// -1 when it is no length.
    /// </summary>
    public static long MessageLength(ReadOnlySpan<byte> input)
    {
        if (Uvarint.TryRead(input, out ulong length, out int prefix))
        {
            return length > int.MaxValue ? -1 : prefix + (long)length;
        }

        return input.Length < Uvarint.MaxLength ? 0 : -1;
    }

    public ExpositionEntry Next()
    {
        while (Error is null)
        {
            if (_family.Step == ProtobufFamilyStep.Done && !TryBeginFamily())
            {
                return Error is null ? ExpositionEntry.EndOfPage : ExpositionEntry.Error;
            }

            switch (_family.Step)
            {
                case ProtobufFamilyStep.Help:
                    return Metadata(ProtobufFamilyStep.Type, "# HELP "u8, _family.Help, ExpositionEntry.Help);
                case ProtobufFamilyStep.Type:
                    return Metadata(
                        _family.Unit.IsEmpty ? ProtobufFamilyStep.Metrics : ProtobufFamilyStep.Unit,
                        "# TYPE "u8,
                        ProtobufFamily.WordOf(_family.Type),
                        ExpositionEntry.Type);
                case ProtobufFamilyStep.Unit:
                    return Metadata(ProtobufFamilyStep.Metrics, "# UNIT "u8, _family.Unit, ExpositionEntry.Unit);
                default:
                    if (!_metric.AtEnd)
                    {
                        return NextOfMetric();
                    }

                    if (_family.TryNextMetric(out ReadOnlySpan<byte> metric))
                    {
                        BeginMetric(metric);
                    }

                    break;
            }
        }

        return ExpositionEntry.Error;
    }

    public bool NextExemplar()
    {
        _scratch.Truncate(_seriesEnd);
        if (!_exemplars.TryNext(_scratch, _exemplarLabels))
        {
            return false;
        }

        ExemplarValue = _exemplars.Value;
        HasExemplarTimestamp = _exemplars.HasTimestamp;
        ExemplarTimestampMs = _exemplars.TimestampMs;
        return true;
    }

    private bool TryBeginFamily()
    {
        ReadOnlySpan<byte> rest = _input[Position..];
        if (rest.IsEmpty)
        {
            return false;
        }

        if (!Uvarint.TryRead(rest, out ulong length, out int prefix))
        {
            Fail("protobuf page: a message does not begin with a length");
            return false;
        }

        if (length > (ulong)(rest.Length - prefix))
        {
            Fail($"protobuf page: insufficient length of buffer, expected at least {length} bytes, "
                + $"got {rest.Length - prefix} bytes");
            return false;
        }

        string? problem = _family.Begin(rest.Slice(prefix, (int)length));
        if (problem is not null)
        {
            Fail(problem);
            return false;
        }

        Position += prefix + (int)length;
        return true;
    }

    private ExpositionEntry Metadata(
        ProtobufFamilyStep next, ReadOnlySpan<byte> keyword, ReadOnlySpan<byte> content, ExpositionEntry entry)
    {
        _scratch.WriteMetadata(keyword, _family.Name, content, out _name, out _text);
        _series = .._scratch.Length;
        _family.Step = next;
        return entry;
    }

    private void BeginMetric(ReadOnlySpan<byte> message)
    {
        _scratch.BeginMetric(_labels);
        string? problem = _metric.Begin(message, _family.Type, _forms);
        if (problem is null)
        {
            problem = TakeLabels(message);
        }

        if (problem is not null)
        {
            Fail($"{problem} in metric {ExpositionError.Quote(_family.Name)}");
        }
    }

    private readonly string? TakeLabels(ReadOnlySpan<byte> message)
    {
        foreach (ReadOnlySpan<byte> label in new MessagesOf(message, MetricFamilyFields.MetricLabel))
        {
            if (!ProtobufMetric.TryReadLabel(label, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
            {
                return "malformed label";
            }

            if (!LabelNames.IsUtf8Name(name))
            {
                return $"invalid label name: {ExpositionError.Quote(name)}";
            }

            if (!Utf8.IsValid(value))
            {
                return $"invalid label value: {ExpositionError.Quote(value)}";
            }

            _scratch.AddLabel(name, value, _labels);
        }

        return null;
    }

    private ExpositionEntry NextOfMetric()
    {
        int metricLabels = _metric.LabelCount;
        ProtobufPart part = _metric.NextPart(_family.Type == MetricType.GaugeHistogram, _scratch.Histogram);
        if (part.Problem is { } problem)
        {
            return Fail($"{problem} in metric {ExpositionError.Quote(_family.Name)}");
        }

        _scratch.WriteSeries(
            _family.Name, part.Suffix, part.BoundName, part.Bound, metricLabels, _labels, out _name, out _series);
        _seriesEnd = _scratch.Length;
        Value = part.Value;
        _exemplars = new ProtobufExemplars(part.Exemplars, part.ExemplarForm);
        return part.ExemplarForm == ProtobufExemplarForm.Histogram ? ExpositionEntry.Histogram : ExpositionEntry.Series;
    }

    private ExpositionEntry Fail(string message)
    {
        Error = new ExpositionError(message, 1, Position + 1);
        return ExpositionEntry.Error;
    }
}
