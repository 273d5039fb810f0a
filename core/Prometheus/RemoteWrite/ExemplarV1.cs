namespace AmpEdge.Prometheus;

/// <summary>One exemplar of a remote write 1.0 series; the labels are slices of the message.</summary>
public readonly ref struct ExemplarV1
{
    private ExemplarV1(ReadOnlySpan<byte> rawLabels, double value, long timestampMs)
    {
        Labels = new LabelPairsV1(rawLabels);
        Value = value;
        TimestampMs = timestampMs;
    }

    /// <summary>The labels in the order sent.</summary>
    public LabelPairsV1 Labels { get; }

    public double Value { get; }

    public long TimestampMs { get; }

    /// <summary>Reads one of <see cref="TimeSeriesV1.Exemplars"/>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out ExemplarV1 exemplar)
    {
        ProtobufReader fields = new(message);
        double value = 0;
        long timestampMs = 0;
        exemplar = default;
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            switch (tag)
            {
                case WriteRequestV1Fields.ExemplarLabel:
                    if (!LabelPairsV1.TryParse(fields.ReadBytes(), out _, out _))
                    {
                        return false;
                    }

                    break;
                case WriteRequestV1Fields.ExemplarValue:
                    value = BitConverter.UInt64BitsToDouble(fields.ReadFixed64());
                    break;
                case WriteRequestV1Fields.ExemplarTimestamp:
                    timestampMs = (long)fields.ReadVarint();
                    break;
                default:
                    if (tag >> 3 <= 3)
                    {
                        return false;
                    }

                    fields.Skip(tag);
                    break;
            }
        }

        // Labels have the tag of a series' labels, and the walk over them passes the other fields by.
        exemplar = new ExemplarV1(message, value, timestampMs);
        return !fields.Malformed;
    }
}
