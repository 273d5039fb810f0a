using System.Buffers;
using System.Globalization;
using System.Text;

namespace AmpEdge.Hosting;

/// <summary>Writes metric families as text 0.0.4 or OpenMetrics 1.0, which differ in names, escapes and the end.</summary>
internal readonly struct MetricsPage(IBufferWriter<byte> output, MetricsFormat format)
{
    private const string TotalSuffix = "_total";

    public void Write(MetricFamily family)
    {
        Metric[] children = family.Children();
        if (children.Length == 0)
        {
            return;
        }

        WriteHeader(family);
        foreach (Metric child in children)
        {
            switch (child)
            {
                case CounterMetric counter:
                    WriteSample(family, child, "", null, counter.Value);
                    break;
                case GaugeMetric gauge:
                    WriteSample(family, child, "", null, gauge.Value);
                    break;
                case HistogramMetric histogram:
                    WriteHistogram(family, histogram);
                    break;
            }
        }
    }

    public void End()
    {
        if (format == MetricsFormat.OpenMetrics)
        {
            output.Write("# EOF\n"u8);
        }
    }

    private void WriteHeader(MetricFamily family)
    {
        bool openMetrics = format == MetricsFormat.OpenMetrics;
        // OpenMetrics names a counter's family without the _total that its sample carries.
        string name = openMetrics && family.Kind == MetricKind.Counter
            ? family.Name[..^TotalSuffix.Length]
            : family.Name;
        string type = family.Kind switch
        {
            MetricKind.Counter => "counter",
            MetricKind.Gauge => "gauge",
            _ => "histogram",
        };
        output.Write("# HELP "u8);
        WriteText(name);
        output.Write(" "u8);
        WriteEscaped(family.Help, quotes: openMetrics);
        output.Write("\n# TYPE "u8);
        WriteText(name);
        output.Write(" "u8);
        WriteText(type);
        output.Write("\n"u8);
    }

    private void WriteHistogram(MetricFamily family, HistogramMetric histogram)
    {
        ReadOnlySpan<double> bounds = histogram.UpperBounds;
        double sum = histogram.Sum;
        long below = 0;
        for (int index = 0; index < bounds.Length; index++)
        {
            below += histogram.CountAt(index);
            WriteSample(family, histogram, "_bucket", FormatBound(bounds[index]), below);
        }

        below += histogram.CountAt(bounds.Length);
        WriteSample(family, histogram, "_bucket", "+Inf", below);
        WriteSample(family, histogram, "_sum", null, sum);
        WriteSample(family, histogram, "_count", null, below);
    }

    /// <summary>OpenMetrics wants the bounds as canonical floats: 1.0, not 1.</summary>
    private string FormatBound(double bound)
    {
        string text = bound.ToString("R", CultureInfo.InvariantCulture);
        return format == MetricsFormat.OpenMetrics && double.IsInteger(bound) && !text.Contains('E', StringComparison.Ordinal)
            ? text + ".0"
            : text;
    }

    private void WriteSample(MetricFamily family, Metric child, string suffix, string? upperBound, double value)
    {
        WriteText(family.Name);
        WriteText(suffix);
        if (family.LabelNames.Length > 0 || upperBound is not null)
        {
            output.Write("{"u8);
            for (int index = 0; index < family.LabelNames.Length; index++)
            {
                WriteLabel(index > 0, family.LabelNames[index], child.LabelValues[index]);
            }

            if (upperBound is not null)
            {
                WriteLabel(family.LabelNames.Length > 0, "le", upperBound);
            }

            output.Write("}"u8);
        }

        output.Write(" "u8);
        WriteValue(value);
        output.Write("\n"u8);
    }

    private void WriteLabel(bool comma, string name, string value)
    {
        if (comma)
        {
            output.Write(","u8);
        }

        WriteText(name);
        output.Write("=\""u8);
        WriteEscaped(value, quotes: true);
        output.Write("\""u8);
    }

    private void WriteValue(double value)
    {
        if (double.IsNaN(value))
        {
            output.Write("NaN"u8);
        }
        else if (double.IsInfinity(value))
        {
            output.Write(value > 0 ? "+Inf"u8 : "-Inf"u8);
        }
        else
        {
            Span<byte> digits = output.GetSpan(32);
            value.TryFormat(digits, out int written, "R", CultureInfo.InvariantCulture);
            output.Advance(written);
        }
    }

    private void WriteEscaped(string text, bool quotes)
    {
        if (text.AsSpan().IndexOfAny('\\', '\n', '"') >= 0)
        {
            text = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            text = quotes ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
        }

        WriteText(text);
    }

    private void WriteText(string text) => Encoding.UTF8.GetBytes(text, output);
}
