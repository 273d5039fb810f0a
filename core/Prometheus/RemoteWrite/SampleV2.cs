namespace AmpEdge.Prometheus;

/// <summary>One sample of a remote write 2.0 series. The value keeps its NaN bits.</summary>
/// <param name="TimestampMs">Milliseconds since 1970.</param>
/// <param name="Value">The value, bit for bit.</param>
/// <param name="StartTimestampMs">When counting began; 0 where that is not known.</param>
public readonly record struct SampleV2(long TimestampMs, double Value, long StartTimestampMs)
{
    /// <summary>Reads one of <see cref="TimeSeriesV2.Samples"/>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out SampleV2 sample)
    {
        ProtobufReader fields = new(message);
        double value = 0;
        long timestampMs = 0;
        long startMs = 0;
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            switch (tag)
            {
                case WriteRequestV2Fields.SampleValue:
                    value = BitConverter.UInt64BitsToDouble(fields.ReadFixed64());
                    break;
                case WriteRequestV2Fields.SampleTimestamp:
                    timestampMs = (long)fields.ReadVarint();
                    break;
                case WriteRequestV2Fields.SampleStart:
                    startMs = (long)fields.ReadVarint();
                    break;
                default:
                    if (tag >> 3 <= 3)
                    {
                        sample = default;
                        return false;
                    }

                    fields.Skip(tag);
                    break;
            }
        }

        sample = new SampleV2(timestampMs, value, startMs);
        return !fields.Malformed;
    }
}
