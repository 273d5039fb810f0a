using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace AmpEdge.Prometheus;

/// <summary>
/// Writes a page of metrics family by family: <see cref="BeginFamily"/>, then its samples, at last
/// <see cref="EndPage"/>. The same calls make text 0.0.4, text 1.0.0 and OpenMetrics 1.0; the writer knows where they
/// differ (a counter's <c>_total</c>, escapes of help texts, units of timestamps, <c># EOF</c>).
/// </summary>
public sealed class ExpositionWriter(IBufferWriter<byte> output, ExpositionFormat format)
{
    private const string TotalSuffix = "_total";

    private readonly StringBuilder _line = new();

    /// <summary>The Content-Type header of a page in the format.</summary>
    public static string ContentTypeOf(ExpositionFormat format) => format switch
    {
        ExpositionFormat.Text004 => "text/plain; version=0.0.4; charset=utf-8",
        ExpositionFormat.Text100 => "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
        ExpositionFormat.OpenMetrics100 =>
            "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "only text formats are written"),
    };

    /// <summary>
    /// Starts a family. <paramref name="name"/> is the name as users know it (a counter's with <c>_total</c>);
    /// OpenMetrics takes the suffix off the family and leaves it on the sample.
    /// </summary>
    public void BeginFamily(string name, string help, MetricType type, string unit = "")
    {
        string family = format == ExpositionFormat.OpenMetrics100 && type == MetricType.Counter
            && name.EndsWith(TotalSuffix, StringComparison.Ordinal)
                ? name[..^TotalSuffix.Length]
                : name;
        string written = QuoteNameIfNeeded(family);
        _line.Clear();
        if (help.Length > 0)
        {
            _line.Append("# HELP ").Append(written).Append(' ');
            AppendEscaped(_line, help, escapeQuotes: format == ExpositionFormat.OpenMetrics100);
            _line.Append('\n');
        }

        _line.Append("# TYPE ").Append(written).Append(' ').Append(TypeName(type)).Append('\n');
        if (format == ExpositionFormat.OpenMetrics100 && unit.Length > 0)
        {
            _line.Append("# UNIT ").Append(written).Append(' ').Append(unit).Append('\n');
        }

        Flush();
    }

    /// <summary>
    /// Writes one sample. <paramref name="preparedLabels"/> is what <see cref="PrepareLabels"/> made, so that a
    /// metric's children are escaped once in their life.
    /// </summary>
    public void WriteSample(string name, ReadOnlySpan<byte> preparedLabels, double value, long? timestampMs = null)
    {
        bool quoted = !IsLegacyName(name);
        if (quoted)
        {
            WriteText("{" + Quote(name));
            if (!preparedLabels.IsEmpty)
            {
                output.Write(","u8);
                output.Write(preparedLabels);
            }

            output.Write("}"u8);
        }
        else
        {
            WriteText(name);
            if (!preparedLabels.IsEmpty)
            {
                output.Write("{"u8);
                output.Write(preparedLabels);
                output.Write("}"u8);
            }
        }

        output.Write(" "u8);
        WriteValue(value);
        if (timestampMs is { } milliseconds)
        {
            output.Write(" "u8);
            WriteTimestamp(milliseconds);
        }

        output.Write("\n"u8);
    }

    /// <summary>Ends the page; nothing may follow.</summary>
    public void EndPage()
    {
        if (format == ExpositionFormat.OpenMetrics100)
        {
            output.Write("# EOF\n"u8);
        }
    }

    /// <summary>The text between the braces for name-value pairs: <c>code="200",method="get"</c>, escaped.</summary>
    public static byte[] PrepareLabels(params ReadOnlySpan<string> namesAndValues)
    {
        if (namesAndValues.Length % 2 != 0)
        {
            throw new ArgumentException("a label name lacks its value", nameof(namesAndValues));
        }

        StringBuilder text = new();
        for (int index = 0; index < namesAndValues.Length; index += 2)
        {
            string name = namesAndValues[index];
            text.Append(index == 0 ? "" : ",");
            text.Append(LabelNames.IsLegacyLabelName(Encoding.UTF8.GetBytes(name)) ? name : Quote(name));
            text.Append("=\"");
            AppendEscaped(text, namesAndValues[index + 1], escapeQuotes: true);
            text.Append('"');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Appends one label to prepared labels that are made anew for each sample.</summary>
    public static void AppendLabel(ByteBuffer prepared, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (prepared.Length > 0)
        {
            prepared.Append((byte)',');
        }

        bool quoted = !LabelNames.IsLegacyLabelName(name);
        if (quoted)
        {
            AppendQuoted(prepared, name);
        }
        else
        {
            prepared.Append(name);
        }

        prepared.Append((byte)'=');
        AppendQuoted(prepared, value);
    }

    private static void AppendQuoted(ByteBuffer target, ReadOnlySpan<byte> text)
    {
        target.Append((byte)'"');
        for (int special = text.IndexOfAny("\\\n\""u8); special >= 0; special = text.IndexOfAny("\\\n\""u8))
        {
            target.Append(text[..special]);
            target.Append((byte)'\\');
            target.Append(text[special] == (byte)'\n' ? (byte)'n' : text[special]);
            text = text[(special + 1)..];
        }

        target.Append(text);
        target.Append((byte)'"');
    }

    private static bool IsLegacyName(string name)
    {
        foreach (char letter in name)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('_' or ':'))
            {
                return false;
            }
        }

        return name.Length > 0 && !char.IsAsciiDigit(name[0]);
    }

    private static string QuoteNameIfNeeded(string name) => IsLegacyName(name) ? name : Quote(name);

    private static string Quote(string name)
    {
        StringBuilder text = new("\"");
        AppendEscaped(text, name, escapeQuotes: true);
        return text.Append('"').ToString();
    }

    private static void AppendEscaped(StringBuilder target, string text, bool escapeQuotes)
    {
        foreach (char letter in text)
        {
            switch (letter)
            {
                case '\\':
                    target.Append("\\\\");
                    break;
                case '\n':
                    target.Append("\\n");
                    break;
                case '"' when escapeQuotes:
                    target.Append("\\\"");
                    break;
                default:
                    target.Append(letter);
                    break;
            }
        }
    }

    /// <summary>The text formats know five types; what OpenMetrics adds is written as the nearest of them.</summary>
    private string TypeName(MetricType type) => type switch
    {
        MetricType.Counter => "counter",
        MetricType.Gauge => "gauge",
        MetricType.Histogram => "histogram",
        MetricType.Summary => "summary",
        MetricType.GaugeHistogram => format == ExpositionFormat.OpenMetrics100 ? "gaugehistogram" : "histogram",
        MetricType.Info => format == ExpositionFormat.OpenMetrics100 ? "info" : "gauge",
        MetricType.Stateset => format == ExpositionFormat.OpenMetrics100 ? "stateset" : "gauge",
        _ => format == ExpositionFormat.OpenMetrics100 ? "unknown" : "untyped",
    };

    private void WriteValue(double value)
    {
        Span<byte> text = output.GetSpan(FloatFormatter.MaxLength);
        output.Advance(FloatFormatter.WriteShortest(value, text));
    }

    /// <summary>Milliseconds in the text formats, seconds with a fraction in OpenMetrics.</summary>
    private void WriteTimestamp(long milliseconds)
    {
        if (format == ExpositionFormat.OpenMetrics100)
        {
            WriteText((milliseconds / 1000m).ToString("0.###", CultureInfo.InvariantCulture));
            return;
        }

        Span<byte> text = output.GetSpan(FloatFormatter.MaxLength);
        Utf8Formatter.TryFormat(milliseconds, text, out int written);
        output.Advance(written);
    }

    private void WriteText(string text) => Encoding.UTF8.GetBytes(text, output);

    private void Flush()
    {
        WriteText(_line.ToString());
        _line.Clear();
    }
}
