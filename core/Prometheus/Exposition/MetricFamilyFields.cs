namespace AmpEdge.Prometheus;

/// <summary>Tags of <c>io.prometheus.client.MetricFamily</c> and of the messages in it.</summary>
internal static class MetricFamilyFields
{
    public const uint Name = 1 << 3 | ProtobufField.LengthDelimited;
    public const uint Help = 2 << 3 | ProtobufField.LengthDelimited;
    public const uint Type = 3 << 3 | ProtobufField.Varint;
    public const uint Metric = 4 << 3 | ProtobufField.LengthDelimited;
    public const uint Unit = 5 << 3 | ProtobufField.LengthDelimited;

    public const uint MetricLabel = 1 << 3 | ProtobufField.LengthDelimited;
    public const uint MetricGauge = 2 << 3 | ProtobufField.LengthDelimited;
    public const uint MetricCounter = 3 << 3 | ProtobufField.LengthDelimited;
    public const uint MetricSummary = 4 << 3 | ProtobufField.LengthDelimited;
    public const uint MetricUntyped = 5 << 3 | ProtobufField.LengthDelimited;
    public const uint MetricTimestamp = 6 << 3 | ProtobufField.Varint;
    public const uint MetricHistogram = 7 << 3 | ProtobufField.LengthDelimited;

    /// <summary>The value of a counter, gauge or untyped metric, and the name of a label.</summary>
    public const uint SimpleValue = 1 << 3 | ProtobufField.Fixed64;
    public const uint CounterExemplar = 2 << 3 | ProtobufField.LengthDelimited;
    public const uint CounterStart = 3 << 3 | ProtobufField.LengthDelimited;
    public const uint LabelName = 1 << 3 | ProtobufField.LengthDelimited;
    public const uint LabelValue = 2 << 3 | ProtobufField.LengthDelimited;

    public const uint SampleCount = 1 << 3 | ProtobufField.Varint;
    public const uint SampleSum = 2 << 3 | ProtobufField.Fixed64;
    public const uint SummaryQuantile = 3 << 3 | ProtobufField.LengthDelimited;
    public const uint SummaryStart = 4 << 3 | ProtobufField.LengthDelimited;
    public const uint QuantileQuantile = 1 << 3 | ProtobufField.Fixed64;
    public const uint QuantileValue = 2 << 3 | ProtobufField.Fixed64;

    public const uint HistogramBucket = 3 << 3 | ProtobufField.LengthDelimited;
    public const uint SampleCountFloat = 4 << 3 | ProtobufField.Fixed64;
    public const uint Schema = 5 << 3 | ProtobufField.Varint;
    public const uint ZeroThreshold = 6 << 3 | ProtobufField.Fixed64;
    public const uint ZeroCount = 7 << 3 | ProtobufField.Varint;
    public const uint ZeroCountFloat = 8 << 3 | ProtobufField.Fixed64;
    public const uint NegativeSpan = 9 << 3 | ProtobufField.LengthDelimited;
    public const int NegativeDeltaNumber = 10;
    public const int NegativeCountNumber = 11;
    public const uint PositiveSpan = 12 << 3 | ProtobufField.LengthDelimited;
    public const int PositiveDeltaNumber = 13;
    public const int PositiveCountNumber = 14;
    public const uint HistogramStart = 15 << 3 | ProtobufField.LengthDelimited;
    public const uint HistogramExemplar = 16 << 3 | ProtobufField.LengthDelimited;

    public const uint BucketCount = 1 << 3 | ProtobufField.Varint;
    public const uint BucketBound = 2 << 3 | ProtobufField.Fixed64;
    public const uint BucketExemplar = 3 << 3 | ProtobufField.LengthDelimited;
    public const uint BucketCountFloat = 4 << 3 | ProtobufField.Fixed64;

    public const uint ExemplarLabel = 1 << 3 | ProtobufField.LengthDelimited;
    public const uint ExemplarValue = 2 << 3 | ProtobufField.Fixed64;
    public const uint ExemplarTimestamp = 3 << 3 | ProtobufField.LengthDelimited;
    public const uint TimestampSeconds = 1 << 3 | ProtobufField.Varint;
    public const uint TimestampNanos = 2 << 3 | ProtobufField.Varint;
}
