using System.Globalization;
using System.Text;

namespace AmpEdge.Prometheus;

/// <summary>Prints label sets as Prometheus does in errors, logs and expressions.</summary>
public static class LabelsFormatter
{
    /// <summary><c>name{a="b"}</c>; a metric name that needs quotes stands inside the braces: <c>{"odd.name", a="b"}</c>.</summary>
    public static string Format(Labels labels)
    {
        StringBuilder text = new();
        bool nameInside = false;
        if (labels.TryGet(LabelNames.MetricNameUtf8, out ReadOnlySpan<byte> metricName))
        {
            nameInside = !LabelNames.IsLegacyMetricName(metricName);
            if (!nameInside)
            {
                text.Append(Encoding.UTF8.GetString(metricName));
                if (labels.Count == 1)
                {
                    return text.ToString();
                }
            }
        }

        text.Append('{');
        bool first = true;
        if (nameInside)
        {
            AppendQuoted(text, Encoding.UTF8.GetString(metricName));
            first = false;
        }

        foreach (LabelPair label in labels)
        {
            if (label.Name.SequenceEqual(LabelNames.MetricNameUtf8))
            {
                continue;
            }

            text.Append(first ? "" : ", ");
            first = false;
            AppendName(text, label.Name);
            text.Append('=');
            AppendQuoted(text, Encoding.UTF8.GetString(label.Value));
        }

        return text.Append('}').ToString();
    }

    /// <summary>All labels inside the braces, <c>__name__</c> too: <c>{__name__="up", job="x"}</c>.</summary>
    public static string FormatAsPairs(Labels labels)
    {
        StringBuilder text = new("{");
        foreach (LabelPair label in labels)
        {
            text.Append(text.Length == 1 ? "" : ", ");
            AppendName(text, label.Name);
            text.Append('=');
            AppendQuoted(text, Encoding.UTF8.GetString(label.Value));
        }

        return text.Append('}').ToString();
    }

    /// <summary>A string literal in Go's form: double quotes, escapes for quotes, backslashes and what cannot be printed.</summary>
    public static string Quote(string value)
    {
        StringBuilder text = new(value.Length + 2);
        AppendQuoted(text, value);
        return text.ToString();
    }

    private static void AppendName(StringBuilder text, ReadOnlySpan<byte> name)
    {
        if (LabelNames.IsLegacyLabelName(name))
        {
            text.Append(Encoding.UTF8.GetString(name));
        }
        else
        {
            AppendQuoted(text, Encoding.UTF8.GetString(name));
        }
    }

    private static void AppendQuoted(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (Rune rune in value.EnumerateRunes())
        {
            AppendEscaped(text, rune);
        }

        text.Append('"');
    }

    private static void AppendEscaped(StringBuilder text, Rune rune)
    {
        string? escape = rune.Value switch
        {
            '"' => "\\\"",
            '\\' => @"\\",
            '\a' => @"\a",
            '\b' => @"\b",
            '\f' => @"\f",
            '\n' => @"\n",
            '\r' => @"\r",
            '\t' => @"\t",
            '\v' => @"\v",
            _ => null,
        };
        if (escape is not null)
        {
            text.Append(escape);
        }
        else if (rune.Value is < 0x20 or 0x7F)
        {
            text.Append(CultureInfo.InvariantCulture, $@"\x{rune.Value:x2}");
        }
        else if (IsPrintable(rune))
        {
            text.Append(rune.ToString());
        }
        else
        {
            text.Append(rune.IsBmp
                ? string.Create(CultureInfo.InvariantCulture, $@"\u{rune.Value:x4}")
                : string.Create(CultureInfo.InvariantCulture, $@"\U{rune.Value:x8}"));
        }
    }

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator => false,
        UnicodeCategory.SpaceSeparator => rune.Value == ' ',
        _ => true,
    };
}
