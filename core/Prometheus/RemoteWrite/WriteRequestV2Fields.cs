namespace AmpEdge.Prometheus;

/// <summary>Tags of remote write 2.0: field number and wire type, as the bytes on the wire carry them.</summary>
internal static class WriteRequestV2Fields
{
    /// <summary>Fields 1 to 3 are left free, so that nobody takes one version's message for the other's.</summary>
    public const int LastReservedOfRequest = 3;

    public const byte RequestSymbol = 4 << 3 | ProtobufField.LengthDelimited;
    public const byte RequestTimeSeries = 5 << 3 | ProtobufField.LengthDelimited;

    public const int SeriesLabelRefsNumber = 1;
    public const byte SeriesLabelRefs = SeriesLabelRefsNumber << 3 | ProtobufField.LengthDelimited;
    public const byte SeriesSample = 2 << 3 | ProtobufField.LengthDelimited;
    public const byte SeriesHistogram = 3 << 3 | ProtobufField.LengthDelimited;
    public const byte SeriesExemplar = 4 << 3 | ProtobufField.LengthDelimited;
    public const byte SeriesMetadata = 5 << 3 | ProtobufField.LengthDelimited;
    public const byte SeriesCreated = 6 << 3 | ProtobufField.Varint;

    public const byte SampleValue = 1 << 3 | ProtobufField.Fixed64;
    public const byte SampleTimestamp = 2 << 3 | ProtobufField.Varint;
    public const byte SampleStart = 3 << 3 | ProtobufField.Varint;

    public const int ExemplarLabelRefsNumber = 1;
    public const byte ExemplarLabelRefs = ExemplarLabelRefsNumber << 3 | ProtobufField.LengthDelimited;
    public const byte ExemplarValue = 2 << 3 | ProtobufField.Fixed64;
    public const byte ExemplarTimestamp = 3 << 3 | ProtobufField.Varint;

    public const byte MetadataType = 1 << 3 | ProtobufField.Varint;
    public const byte MetadataHelp = 3 << 3 | ProtobufField.Varint;
    public const byte MetadataUnit = 4 << 3 | ProtobufField.Varint;
}
