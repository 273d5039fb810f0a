namespace AmpEdge.Prometheus;

/// <summary>Tags of remote write 1.0: field number and wire type, as the bytes on the wire carry them.</summary>
internal static class WriteRequestV1Fields
{
    public const byte RequestTimeSeries = 1 << 3 | ProtobufField.LengthDelimited;
    public const byte RequestMetadata = 3 << 3 | ProtobufField.LengthDelimited;

    public const byte SeriesLabel = 1 << 3 | ProtobufField.LengthDelimited;
    public const byte SeriesSample = 2 << 3 | ProtobufField.LengthDelimited;
    public const byte SeriesExemplar = 3 << 3 | ProtobufField.LengthDelimited;
    public const byte SeriesHistogram = 4 << 3 | ProtobufField.LengthDelimited;

    public const byte LabelName = 1 << 3 | ProtobufField.LengthDelimited;
    public const byte LabelValue = 2 << 3 | ProtobufField.LengthDelimited;

    public const byte SampleValue = 1 << 3 | ProtobufField.Fixed64;
    public const byte SampleTimestamp = 2 << 3 | ProtobufField.Varint;

    public const byte ExemplarLabel = 1 << 3 | ProtobufField.LengthDelimited;
    public const byte ExemplarValue = 2 << 3 | ProtobufField.Fixed64;
    public const byte ExemplarTimestamp = 3 << 3 | ProtobufField.Varint;

    public const byte MetadataType = 1 << 3 | ProtobufField.Varint;
    public const byte MetadataFamily = 2 << 3 | ProtobufField.LengthDelimited;
    public const byte MetadataHelp = 4 << 3 | ProtobufField.LengthDelimited;
    public const byte MetadataUnit = 5 << 3 | ProtobufField.LengthDelimited;
}
