namespace AmpEdge.Prometheus;

/// <summary>One <c>prometheus.MetricMetadata</c>; the texts are slices of the message.</summary>
public readonly ref struct MetricMetadataV1
{
    private MetricMetadataV1(uint type, ReadOnlySpan<byte> family, ReadOnlySpan<byte> help, ReadOnlySpan<byte> unit)
    {
        Type = type;
        Family = family;
        Help = help;
        Unit = unit;
    }

    /// <summary>
    /// The number as sent: 0 unknown, 1 counter, 2 gauge, 3 histogram, 4 gauge histogram, 5 summary, 6 info, 7 stateset; a
    /// newer sender may send others.
    /// </summary>
    public uint Type { get; }

    /// <summary>The metric family's name.</summary>
    public ReadOnlySpan<byte> Family { get; }

    public ReadOnlySpan<byte> Help { get; }

    public ReadOnlySpan<byte> Unit { get; }

    internal static bool TryParse(ReadOnlySpan<byte> message, out MetricMetadataV1 metadata)
    {
        ProtobufReader fields = new(message);
        uint type = 0;
        ReadOnlySpan<byte> family = default;
        ReadOnlySpan<byte> help = default;
        ReadOnlySpan<byte> unit = default;
        metadata = default;
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            switch (tag)
            {
                case WriteRequestV1Fields.MetadataType:
                    type = (uint)fields.ReadVarint();
                    break;
                case WriteRequestV1Fields.MetadataFamily:
                    family = fields.ReadBytes();
                    break;
                case WriteRequestV1Fields.MetadataHelp:
                    help = fields.ReadBytes();
                    break;
                case WriteRequestV1Fields.MetadataUnit:
                    unit = fields.ReadBytes();
                    break;
                default:
                    if (tag >> 3 is 1 or 2 or 4 or 5)
                    {
                        return false;
                    }

                    fields.Skip(tag);
                    break;
            }
        }

        metadata = new MetricMetadataV1(type, family, help, unit);
        return !fields.Malformed;
    }
}
