using System.Buffers;
using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Hosting;

/// <summary>Hands metric families to the exposition writer, series by series.</summary>
internal sealed class MetricsPage(IBufferWriter<byte> output, ExpositionFormat format)
{
    private readonly ExpositionWriter _writer = new(output, format);

    public void Write(MetricFamily family)
    {
        Metric[] children = family.Children();
        if (children.Length == 0)
        {
            return;
        }

        _writer.BeginFamily(family.Name, family.Help, TypeOf(family.Kind));
        foreach (Metric child in children)
        {
            switch (child)
            {
                case CounterMetric counter:
                    _writer.WriteSample(family.Name, child.PreparedLabels, counter.Value);
                    break;
                case GaugeMetric gauge:
                    _writer.WriteSample(family.Name, child.PreparedLabels, gauge.Value);
                    break;
                case HistogramMetric histogram:
                    WriteHistogram(family.Name, histogram);
                    break;
                case SummaryMetric summary:
                    WriteSummary(family.Name, summary);
                    break;
            }
        }
    }

    public void End() => _writer.EndPage();

    private static MetricType TypeOf(MetricKind kind) => kind switch
    {
        MetricKind.Counter => MetricType.Counter,
        MetricKind.Gauge => MetricType.Gauge,
        MetricKind.Summary => MetricType.Summary,
        _ => MetricType.Histogram,
    };

    private void WriteHistogram(string name, HistogramMetric histogram)
    {
        double sum = histogram.Sum;
        long below = 0;
        for (int index = 0; index <= histogram.UpperBounds.Length; index++)
        {
            below += histogram.CountAt(index);
            double bound = index < histogram.UpperBounds.Length ? histogram.UpperBounds[index] : double.PositiveInfinity;
            _writer.WriteSample(name + "_bucket", BoundLabels(histogram.PreparedLabels, LabelNames.Bucket, bound), below);
        }

        _writer.WriteSample(name + "_sum", histogram.PreparedLabels, sum);
        _writer.WriteSample(name + "_count", histogram.PreparedLabels, below);
    }

    private void WriteSummary(string name, SummaryMetric summary)
    {
        (double sum, long count, double[] values) = summary.Read();
        for (int index = 0; index < values.Length; index++)
        {
            byte[] labels = BoundLabels(summary.PreparedLabels, LabelNames.Quantile, SummaryMetric.Quantiles[index]);
            _writer.WriteSample(name, labels, values[index]);
        }

        _writer.WriteSample(name + "_sum", summary.PreparedLabels, sum);
        _writer.WriteSample(name + "_count", summary.PreparedLabels, count);
    }

    /// <summary>The bound is a number for OpenMetrics, <c>1.0</c>, and a text that older readers know for the others, <c>1</c>.</summary>
    private byte[] BoundLabels(byte[] prepared, string name, double bound)
    {
        Span<byte> text = stackalloc byte[FloatFormatter.MaxLength];
        int length = format == ExpositionFormat.OpenMetrics100
            ? FloatFormatter.WriteCanonicalLabelValue(bound, text)
            : FloatFormatter.WriteShortest(bound, text);
        byte[] label = ExpositionWriter.PrepareLabels(name, Encoding.ASCII.GetString(text[..length]));
        return prepared.Length == 0 ? label : [.. prepared, (byte)',', .. label];
    }
}
