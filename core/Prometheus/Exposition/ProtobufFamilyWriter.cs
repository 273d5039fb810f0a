namespace AmpEdge.Prometheus;

/// <summary>
/// Writes a page of the protobuf exposition format: metric families, each with its length before it. A family is begun, given
/// its metrics and ended; only then its bytes are in the page. Reusable from family to family; one thread.
/// </summary>
/// <param name="page">Takes each family when it is ended.</param>
public sealed class ProtobufFamilyWriter(ByteBuffer page)
{
    private readonly ByteBuffer _family = new();
    private readonly ByteBuffer _metric = new();
    private readonly ByteBuffer _value = new();

    /// <summary>Numbers of <c>io.prometheus.client.MetricType</c>.</summary>
    private const uint Untyped = 3;
    private const uint HistogramType = 4;
    private const uint GaugeHistogramType = 5;

    /// <summary>Starts a family of floats without a type.</summary>
    public void BeginUntyped(ReadOnlySpan<byte> name) => Begin(name, Untyped);

    /// <summary>Starts a family of native histograms.</summary>
    public void BeginHistograms(ReadOnlySpan<byte> name, bool isGauge) =>
        Begin(name, isGauge ? GaugeHistogramType : HistogramType);

    /// <summary>Adds a label to the metric that the next value ends; the value may be empty.</summary>
    public void AddLabel(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        _metric.Append((byte)MetricFamilyFields.MetricLabel);
        _metric.AppendUvarint((ulong)(TextFieldLength(name) + TextFieldLength(value)));
        AppendText(_metric, MetricFamilyFields.LabelName, name);
        AppendText(_metric, MetricFamilyFields.LabelValue, value);
    }

    /// <summary>Ends a metric of an untyped family.</summary>
    public void EndMetric(double value, long timestampMs)
    {
        _value.Clear();
        AppendDouble(MetricFamilyFields.SimpleValue, value);
        EndMetric(MetricFamilyFields.MetricUntyped, timestampMs);
    }

    /// <summary>Ends a metric of a family of histograms. Custom bounds have no place in this format.</summary>
    public void EndMetric(FloatHistogram histogram, long timestampMs)
    {
        Invariant.Require(!histogram.HasCustomBuckets, "the protobuf format has no custom buckets");
        _value.Clear();
        AppendDouble(MetricFamilyFields.SampleSum, histogram.Sum);
        AppendDouble(MetricFamilyFields.SampleCountFloat, histogram.Count);
        _value.Append((byte)MetricFamilyFields.Schema);
        _value.AppendVarint(histogram.Schema);
        AppendDouble(MetricFamilyFields.ZeroThreshold, histogram.ZeroThreshold);
        AppendDouble(MetricFamilyFields.ZeroCountFloat, histogram.ZeroCount);
        AppendSide(
            MetricFamilyFields.NegativeSpan, histogram.NegativeSpans,
            MetricFamilyFields.NegativeCountNumber, histogram.NegativeBuckets);
        AppendSide(
            MetricFamilyFields.PositiveSpan, histogram.PositiveSpans,
            MetricFamilyFields.PositiveCountNumber, histogram.PositiveBuckets);
        EndMetric(MetricFamilyFields.MetricHistogram, timestampMs);
    }

    /// <summary>Puts the family into the page.</summary>
    public void EndFamily()
    {
        page.AppendLengthPrefixed(_family.Written);
        _family.Clear();
    }

    private static int TextFieldLength(ReadOnlySpan<byte> text) => 1 + Uvarint.Length((ulong)text.Length) + text.Length;

    private static void AppendText(ByteBuffer target, uint tag, ReadOnlySpan<byte> text)
    {
        target.Append((byte)tag);
        target.AppendLengthPrefixed(text);
    }

    private void Begin(ReadOnlySpan<byte> name, uint type)
    {
        _family.Clear();
        AppendText(_family, MetricFamilyFields.Name, name);
        _family.Append((byte)MetricFamilyFields.Type);
        _family.AppendUvarint(type);
    }

    private void EndMetric(uint valueTag, long timestampMs)
    {
        AppendText(_metric, valueTag, _value.Written);
        _metric.Append((byte)MetricFamilyFields.MetricTimestamp);
        _metric.AppendUvarint((ulong)timestampMs);
        AppendText(_family, MetricFamilyFields.Metric, _metric.Written);
        _metric.Clear();
    }

    private void AppendDouble(uint tag, double value)
    {
        _value.AppendUvarint(tag);
        _value.AppendDoubleLittleEndian(value);
    }

    /// <summary>
    /// Spans, and counts one field each: the format is proto2, where numbers are not packed unless that is asked for.
    /// </summary>
    private void AppendSide(
        uint spanTag, IReadOnlyList<HistogramSpan> spans, int countNumber, IReadOnlyList<double> counts)
    {
        foreach (HistogramSpan span in spans)
        {
            ulong offset = Uvarint.ZigZag(span.Offset);
            _value.AppendUvarint(spanTag);
            _value.AppendUvarint((ulong)(2 + Uvarint.Length(offset) + Uvarint.Length(span.Length)));
            _value.Append((byte)HistogramFields.SpanOffset);
            _value.AppendUvarint(offset);
            _value.Append((byte)HistogramFields.SpanLength);
            _value.AppendUvarint(span.Length);
        }

        foreach (double count in counts)
        {
            AppendDouble(ProtobufField.Tag(countNumber, ProtobufField.Fixed64), count);
        }
    }
}
