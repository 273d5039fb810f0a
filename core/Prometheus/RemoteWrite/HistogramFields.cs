namespace AmpEdge.Prometheus;

/// <summary>Tags of a native histogram, the same in remote write 1.0 and 2.0, and the numbers of its repeated fields.</summary>
internal static class HistogramFields
{
    public const uint CountInt = 1 << 3 | ProtobufField.Varint;
    public const uint CountFloat = 2 << 3 | ProtobufField.Fixed64;
    public const uint Sum = 3 << 3 | ProtobufField.Fixed64;
    public const uint Schema = 4 << 3 | ProtobufField.Varint;
    public const uint ZeroThreshold = 5 << 3 | ProtobufField.Fixed64;
    public const uint ZeroCountInt = 6 << 3 | ProtobufField.Varint;
    public const uint ZeroCountFloat = 7 << 3 | ProtobufField.Fixed64;
    public const uint NegativeSpans = 8 << 3 | ProtobufField.LengthDelimited;
    public const int NegativeDeltasNumber = 9;
    public const int NegativeCountsNumber = 10;
    public const uint PositiveSpans = 11 << 3 | ProtobufField.LengthDelimited;
    public const int PositiveDeltasNumber = 12;
    public const int PositiveCountsNumber = 13;
    public const uint ResetHint = 14 << 3 | ProtobufField.Varint;
    public const uint Timestamp = 15 << 3 | ProtobufField.Varint;
    public const int CustomValuesNumber = 16;
    public const uint StartTimestamp = 17 << 3 | ProtobufField.Varint;

    public const uint SpanOffset = 1 << 3 | ProtobufField.Varint;
    public const uint SpanLength = 2 << 3 | ProtobufField.Varint;
}
