namespace AmpEdge.Prometheus;

/// <summary>Reads the native form of an <c>io.prometheus.client.Histogram</c>.</summary>
internal static class ProtobufHistogram
{
    /// <summary>True when the message has something that only native histograms have; a span of no length is enough.</summary>
    public static bool IsNative(ReadOnlySpan<byte> message)
    {
        ProtobufReader fields = new(message);
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            switch (tag)
            {
                case MetricFamilyFields.NegativeSpan:
                case MetricFamilyFields.PositiveSpan:
                    return true;
                case MetricFamilyFields.ZeroThreshold when ReadDouble(ref fields) > 0:
                case MetricFamilyFields.ZeroCount when fields.ReadVarint() > 0:
                case MetricFamilyFields.ZeroCountFloat when ReadDouble(ref fields) > 0:
                    return true;
                case MetricFamilyFields.ZeroThreshold:
                case MetricFamilyFields.ZeroCount:
                case MetricFamilyFields.ZeroCountFloat:
                    break;
                default:
                    fields.Skip(tag);
                    break;
            }
        }

        return false;
    }

    /// <summary>Fills the histogram; the reason when the message is none that makes sense, else null.</summary>
    public static string? Read(ReadOnlySpan<byte> message, bool isGauge, Histogram histogram)
    {
        histogram.Clear();
        histogram.CounterResetHint = isGauge ? CounterResetHint.Gauge : CounterResetHint.Unknown;
        ProtobufReader fields = new(message);
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            switch (tag)
            {
                case MetricFamilyFields.SampleCount:
                    histogram.Count = fields.ReadVarint();
                    break;
                case MetricFamilyFields.SampleCountFloat:
                    histogram.FloatCount = ReadDouble(ref fields);
                    break;
                case MetricFamilyFields.SampleSum:
                    histogram.Sum = ReadDouble(ref fields);
                    break;
                case MetricFamilyFields.Schema:
                    histogram.Schema = (int)Uvarint.UnZigZag(fields.ReadVarint());
                    break;
                case MetricFamilyFields.ZeroThreshold:
                    histogram.ZeroThreshold = ReadDouble(ref fields);
                    break;
                case MetricFamilyFields.ZeroCount:
                    histogram.ZeroCount = fields.ReadVarint();
                    break;
                case MetricFamilyFields.ZeroCountFloat:
                    histogram.FloatZeroCount = ReadDouble(ref fields);
                    break;
                default:
                    fields.Skip(tag);
                    break;
            }
        }

        histogram.IsFloat = histogram.FloatCount > 0 || histogram.FloatZeroCount > 0;
        return !fields.Malformed
            && TryReadSide(
                message, histogram.Positive, MetricFamilyFields.PositiveSpan,
                MetricFamilyFields.PositiveDeltaNumber, MetricFamilyFields.PositiveCountNumber, histogram.IsFloat)
            && TryReadSide(
                message, histogram.Negative, MetricFamilyFields.NegativeSpan,
                MetricFamilyFields.NegativeDeltaNumber, MetricFamilyFields.NegativeCountNumber, histogram.IsFloat)
            ? histogram.FindProblem()
            : "malformed histogram message";
    }

    private static bool TryReadSide(
        ReadOnlySpan<byte> message, HistogramSide side, uint spanTag, int deltaNumber, int countNumber, bool isFloat)
    {
        foreach (ReadOnlySpan<byte> spanMessage in new MessagesOf(message, spanTag))
        {
            if (!HistogramSpansOf.TryParse(spanMessage, out HistogramSpan span))
            {
                return false;
            }

            side.AddSpan(span);
        }

        side.RemoveEmptySpans();
        ScalarsOf values = isFloat
            ? new ScalarsOf(message, countNumber, ProtobufField.Fixed64)
            : new ScalarsOf(message, deltaNumber, ProtobufField.Varint);
        while (values.MoveNext())
        {
            if (isFloat)
            {
                side.AddFloatCount(values.CurrentDouble);
            }
            else
            {
                side.AddDelta(values.CurrentSigned);
            }
        }

        return !values.Malformed;
    }

    private static double ReadDouble(ref ProtobufReader fields) =>
        BitConverter.UInt64BitsToDouble(fields.ReadFixed64());
}
