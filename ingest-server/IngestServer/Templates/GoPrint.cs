using System.Collections;
using System.Globalization;
using System.Text;
using AmpEdge.IngestServer.Tools;
using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Templates;

/// <summary>Values as Go prints them, and <c>printf</c>.</summary>
internal static class GoPrint
{
    private const int DefaultDecimals = 6;

    /// <summary>A value in its default form: <c>%v</c>.</summary>
    public static string Value(object? value) => value switch
    {
        null => "<no value>",
        string text => text,
        bool truth => truth ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => GoNumbers.Shortest(number),
        TimeSpan duration => GoText.Duration((long)duration.TotalMilliseconds),
        DateTimeOffset time => Time(time),
        TemplateSample sample => $"{{{Value(sample.Labels)} {Value(sample.Value)}}}",
        FloatHistogram histogram => Histogram(histogram),
        IReadOnlyDictionary<string, string> map => Map(map.Keys, key => map[key]),
        IReadOnlyDictionary<string, object?> map => Map(map.Keys, key => map[key]),
        IList list => List(list),
        _ => value.ToString() ?? "",
    };

    /// <summary>Values one after the other, with blanks between those of which neither is a text.</summary>
    public static string Print(IReadOnlyList<object?> values)
    {
        StringBuilder text = new();
        for (int index = 0; index < values.Count; index++)
        {
            bool separate = index > 0 && values[index] is not string && values[index - 1] is not string;
            text.Append(separate ? " " : "").Append(Value(values[index]));
        }

        return text.ToString();
    }

    /// <summary>Values with blanks between them, and a new line.</summary>
    public static string PrintLine(IReadOnlyList<object?> values)
    {
        List<string> texts = [];
        foreach (object? value in values)
        {
            texts.Add(Value(value));
        }

        return string.Join(' ', texts) + "\n";
    }

    /// <summary>A format with verbs: <c>%v %s %q %d %x %t %f %e %g %%</c>, flags <c>+ - 0</c> and blank, width, precision.</summary>
    public static string Format(string format, IReadOnlyList<object?> values)
    {
        StringBuilder text = new();
        int next = 0;
        int position = 0;
        while (position < format.Length)
        {
            if (format[position] != '%')
            {
                text.Append(format[position++]);
                continue;
            }

            position++;
            FormatVerb verb = FormatVerb.Read(format, ref position);
            if (verb.Verb == '%')
            {
                text.Append('%');
            }
            else if (verb.Verb == '\0')
            {
                text.Append("%!(NOVERB)");
            }
            else if (next >= values.Count)
            {
                text.Append("%!").Append(verb.Verb).Append("(MISSING)");
            }
            else
            {
                text.Append(verb.Pad(Apply(verb, values[next++])));
            }
        }

        if (next < values.Count)
        {
            AppendExtra(text, values, next);
        }

        return text.ToString();
    }

    private static void AppendExtra(StringBuilder text, IReadOnlyList<object?> values, int next)
    {
        text.Append("%!(EXTRA ");
        for (int index = next; index < values.Count; index++)
        {
            text.Append(index > next ? ", " : "").Append(GoValues.TypeName(values[index])).Append('=').Append(Value(values[index]));
        }

        text.Append(')');
    }

    private static string Apply(FormatVerb verb, object? value)
    {
        switch (value)
        {
            case double number when verb.Verb is 'v' or 'g' or 'f' or 'F' or 'e':
                return verb.Sign(number >= 0, Number(verb, number));
            case long number when verb.Verb is 'v' or 'd':
                return verb.Sign(number >= 0, number.ToString(CultureInfo.InvariantCulture));
            case long number when verb.Verb is 'x' or 'X' or 'o' or 'b' or 'c':
                return Integer(verb.Verb, number);
            case bool truth when verb.Verb is 'v' or 't':
                return truth ? "true" : "false";
            case string text when verb.Verb is 'v' or 's':
                return Cut(text, verb.Precision);
            case string text when verb.Verb == 'q':
                return LabelsFormatter.Quote(Cut(text, verb.Precision));
            case string text when verb.Verb == 'x':
                return Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));
            case null:
                return verb.Verb == 'v' ? "<nil>" : $"%!{verb.Verb}(<nil>)";
            default:
                bool plain = verb.Verb == 'v'
                    || (verb.Verb == 's' && value is TimeSpan or DateTimeOffset or IDictionary or IList or FloatHistogram);
                return plain ? Value(value) : $"%!{verb.Verb}({GoValues.TypeName(value)}={Value(value)})";
        }
    }

    private static string Number(FormatVerb verb, double number) => verb.Verb switch
    {
        'f' or 'F' => GoNumbers.Fixed(number, verb.Precision ?? DefaultDecimals),
        'e' => GoNumbers.Scientific(number, verb.Precision ?? DefaultDecimals),
        _ => verb.Precision is { } precision ? GoNumbers.General(number, precision) : GoNumbers.Shortest(number),
    };

    private static string Integer(char verb, long number) => verb switch
    {
        'x' => (number < 0 ? "-" : "") + Math.Abs(number).ToString("x", CultureInfo.InvariantCulture),
        'X' => (number < 0 ? "-" : "") + Math.Abs(number).ToString("X", CultureInfo.InvariantCulture),
        'c' => Rune.IsValid((int)number) ? new Rune((int)number).ToString() : "\uFFFD",
        _ => (number < 0 ? "-" : "") + Convert.ToString(Math.Abs(number), verb == 'o' ? 8 : 2),
    };

    private static string Cut(string text, int? length) =>
        length is { } most && most < text.Length ? text[..most] : text;

    private static string Map(IEnumerable<string> keys, Func<string, object?> valueOf)
    {
        List<string> entries = [];
        foreach (string key in GoValues.SortedKeys(keys))
        {
            entries.Add($"{key}:{Value(valueOf(key))}");
        }

        return $"map[{string.Join(' ', entries)}]";
    }

    private static string List(IList list)
    {
        List<string> items = [];
        foreach (object? item in list)
        {
            items.Add(Value(item));
        }

        return $"[{string.Join(' ', items)}]";
    }

    private static string Histogram(FloatHistogram histogram)
    {
        StringBuilder text = new();
        HistogramLine.Append(text, histogram);
        return text.ToString();
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString(
        "yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture).TrimEnd('.') + " +0000 UTC";
}
