using System.Text.Unicode;

namespace AmpEdge.Prometheus;

/// <summary>One MetricFamily message on its way through <see cref="ProtobufParser"/>.</summary>
internal ref struct ProtobufFamily
{
    private MessagesOf _metrics;
    private bool _hasMore;

    public ProtobufFamilyStep Step { get; set; }

    public ReadOnlySpan<byte> Name { get; private set; }

    public ReadOnlySpan<byte> Help { get; private set; }

    public ReadOnlySpan<byte> Unit { get; private set; }

    public MetricType Type { get; private set; }

    public static ReadOnlySpan<byte> WordOf(MetricType type) => type switch
    {
        MetricType.Counter => "counter"u8,
        MetricType.Gauge => "gauge"u8,
        MetricType.Summary => "summary"u8,
        MetricType.Histogram => "histogram"u8,
        MetricType.GaugeHistogram => "gaugehistogram"u8,
        _ => "unknown"u8,
    };

    /// <summary>Takes a message; what is wrong with it, or null.</summary>
    public string? Begin(ReadOnlySpan<byte> message)
    {
        ProtobufReader fields = new(message);
        Name = default;
        Help = default;
        Unit = default;
        ulong type = 0;
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            switch (tag)
            {
                case MetricFamilyFields.Name:
                    Name = fields.ReadBytes();
                    break;
                case MetricFamilyFields.Help:
                    Help = fields.ReadBytes();
                    break;
                case MetricFamilyFields.Unit:
                    Unit = fields.ReadBytes();
                    break;
                case MetricFamilyFields.Type:
                    type = fields.ReadVarint();
                    break;
                default:
                    fields.Skip(tag);
                    break;
            }
        }

        if (fields.Malformed)
        {
            return "protobuf page: malformed MetricFamily message";
        }

        _metrics = new MessagesOf(message, MetricFamilyFields.Metric);
        _hasMore = _metrics.MoveNext();
        Step = ProtobufFamilyStep.Help;
        return FindProblem(type);
    }

    public bool TryNextMetric(out ReadOnlySpan<byte> metric)
    {
        metric = default;
        if (!_hasMore)
        {
            Step = ProtobufFamilyStep.Done;
            return false;
        }

        metric = _metrics.Current;
        _hasMore = _metrics.MoveNext();
        return true;
    }

    private string? FindProblem(ulong type)
    {
        if (!LabelNames.IsUtf8Name(Name))
        {
            return $"invalid metric name: {ExpositionError.Quote(Name)}";
        }

        if (!Utf8.IsValid(Help))
        {
            return $"invalid help for metric {ExpositionError.Quote(Name)}: {ExpositionError.Quote(Help)}";
        }

        if (!IsUnitOf(type))
        {
            return $"unit {ExpositionError.Quote(Unit)} not a suffix of metric {ExpositionError.Quote(Name)}";
        }

        (Type, bool known) = type switch
        {
            0 => (MetricType.Counter, true),
            1 => (MetricType.Gauge, true),
            2 => (MetricType.Summary, true),
            3 => (MetricType.Unknown, true),
            4 => (MetricType.Histogram, true),
            5 => (MetricType.GaugeHistogram, true),
            _ => (MetricType.Unknown, false),
        };
        return known ? null : $"unknown metric type for metric {ExpositionError.Quote(Name)}: {type}";
    }

    /// <summary>A unit ends the name, after an underscore; a counter's comes before <c>_total</c>.</summary>
    private readonly bool IsUnitOf(ulong type)
    {
        ReadOnlySpan<byte> name = type == 0 && Name.EndsWith("_total"u8) ? Name[..^"_total".Length] : Name;
        return Unit.IsEmpty
            || (name.Length > Unit.Length && name.EndsWith(Unit) && name[^(Unit.Length + 1)] == '_');
    }
}
