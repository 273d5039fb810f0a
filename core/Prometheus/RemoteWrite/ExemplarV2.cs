namespace AmpEdge.Prometheus;

/// <summary>One exemplar of a remote write 2.0 series.</summary>
public readonly ref struct ExemplarV2
{
    private readonly ReadOnlySpan<byte> _message;

    private ExemplarV2(ReadOnlySpan<byte> message, double value, long timestampMs)
    {
        _message = message;
        Value = value;
        TimestampMs = timestampMs;
    }

    /// <summary>Pairs of symbols.</summary>
    public ScalarsOf LabelRefs => new(_message, WriteRequestV2Fields.ExemplarLabelRefsNumber, ProtobufField.Varint);

    public double Value { get; }

    public long TimestampMs { get; }

    /// <summary>Reads one of <see cref="TimeSeriesV2.Exemplars"/>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out ExemplarV2 exemplar)
    {
        ProtobufReader fields = new(message);
        double value = 0;
        long timestampMs = 0;
        exemplar = default;
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            switch (tag)
            {
                case WriteRequestV2Fields.ExemplarValue:
                    value = BitConverter.UInt64BitsToDouble(fields.ReadFixed64());
                    break;
                case WriteRequestV2Fields.ExemplarTimestamp:
                    timestampMs = (long)fields.ReadVarint();
                    break;
                default:
                    if (tag >> 3 is 2 or 3 || !TimeSeriesV2.IsLabelRefsOrUnknown(tag, 3))
                    {
                        return false;
                    }

                    fields.Skip(tag);
                    break;
            }
        }

        exemplar = new ExemplarV2(message, value, timestampMs);
        return !fields.Malformed;
    }
}
