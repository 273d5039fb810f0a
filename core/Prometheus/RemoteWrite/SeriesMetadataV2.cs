namespace AmpEdge.Prometheus;

/// <summary>What a remote write 2.0 series says of its metric: its type's number and the symbols of its texts.</summary>
/// <param name="Type">The number as sent, with the meaning of <see cref="MetricMetadataV1.Type"/>.</param>
/// <param name="HelpRef">The symbol of the help text; 0, the empty one, where there is none.</param>
/// <param name="UnitRef">The symbol of the unit; 0 where there is none.</param>
public readonly record struct SeriesMetadataV2(uint Type, uint HelpRef, uint UnitRef)
{
    internal static bool TryParse(ReadOnlySpan<byte> message, out SeriesMetadataV2 metadata)
    {
        ProtobufReader fields = new(message);
        ulong type = 0;
        ulong help = 0;
        ulong unit = 0;
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            switch (tag)
            {
                case WriteRequestV2Fields.MetadataType:
                    type = fields.ReadVarint();
                    break;
                case WriteRequestV2Fields.MetadataHelp:
                    help = fields.ReadVarint();
                    break;
                case WriteRequestV2Fields.MetadataUnit:
                    unit = fields.ReadVarint();
                    break;
                default:
                    if (tag >> 3 is 1 or 3 or 4)
                    {
                        metadata = default;
                        return false;
                    }

                    fields.Skip(tag);
                    break;
            }
        }

        metadata = new SeriesMetadataV2((uint)type, (uint)help, (uint)unit);
        return !fields.Malformed && help <= uint.MaxValue && unit <= uint.MaxValue;
    }
}
