using System.Globalization;
using System.Linq;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.Tests.Support;

/// <summary>A line of a script that names a series and its values: <c>metric{a="b"} 1 2+1x3 _ stale</c>.</summary>
public sealed class ScriptSeriesLine
{
    private ScriptSeriesLine(Labels labels, List<ScriptValue> values)
    {
        Labels = labels;
        Values = values;
    }

    public Labels Labels { get; }

    public IReadOnlyList<ScriptValue> Values { get; }

    public static ScriptSeriesLine Parse(string line)
    {
        int end = EndOfLabels(line);
        List<ScriptValue> values = [];
        foreach (string item in SplitValues(line[end..]))
        {
            AddValues(item, values);
        }

        return new ScriptSeriesLine(ParseLabels(line[..end].Trim()), values);
    }

    private static Labels ParseLabels(string text)
    {
        if (text == "{}")
        {
            return Labels.Empty;
        }

        ParseResult parsed = PromQLParser.Parse(text, ParserOptions.Everything);
        if (parsed.Expr is not VectorSelector selector)
        {
            throw new FormatException($"'{text}' names no series: {string.Join("; ", parsed.Errors)}");
        }

        LabelsBuilder labels = new();
        foreach (Matcher matcher in selector.Matchers)
        {
            labels.Set(matcher.Name, matcher.Value);
        }

        return labels.Build();
    }

    /// <summary>The labels end with their closing brace, or with the first blank where there is none before it.</summary>
    private static int EndOfLabels(string line)
    {
        char quote = '\0';
        bool inBraces = false;
        for (int index = 0; index < line.Length; index++)
        {
            char letter = line[index];
            if (quote != '\0')
            {
                index += letter == '\\' ? 1 : 0;
                quote = letter == quote ? '\0' : quote;
            }
            else if (letter is '"' or '\'' or '`')
            {
                quote = letter;
            }
            else if (letter == '{')
            {
                inBraces = true;
            }
            else if (letter == '}')
            {
                return index + 1;
            }
            else if (char.IsWhiteSpace(letter) && !inBraces && !NextIsBrace(line, index))
            {
                return index;
            }
        }

        return line.Length;
    }

    private static bool NextIsBrace(string line, int index)
    {
        ReadOnlySpan<char> rest = line.AsSpan(index).TrimStart();
        return rest.StartsWith("{", StringComparison.Ordinal) && !rest.StartsWith("{{", StringComparison.Ordinal);
    }

    /// <summary>Values are separated by blanks; the blanks inside a histogram separate nothing.</summary>
    private static List<string> SplitValues(string text)
    {
        List<string> items = [];
        int start = -1;
        int depth = 0;
        for (int index = 0; index <= text.Length; index++)
        {
            char letter = index < text.Length ? text[index] : ' ';
            depth += letter == '{' ? 1 : letter == '}' ? -1 : 0;
            if (char.IsWhiteSpace(letter) && depth == 0)
            {
                if (start >= 0)
                {
                    items.Add(text[start..index]);
                }

                start = -1;
            }
            else if (start < 0)
            {
                start = index;
            }
        }

        return items;
    }

    private static void AddValues(string item, List<ScriptValue> values)
    {
        // No hexadecimal numbers here: 0x59 is a zero and 59 more of them.
        int repeat = item.LastIndexOf('x');
        int times = 0;
        if (repeat > 0)
        {
            times = int.Parse(item[(repeat + 1)..], CultureInfo.InvariantCulture);
            item = item[..repeat];
        }

        if (item == "_")
        {
            values.AddRange(Enumerable.Repeat(ScriptValue.Nothing, Math.Max(times, 1)));
        }
        else if (item.Contains("{{", StringComparison.Ordinal))
        {
            values.AddRange(Enumerable.Repeat(ScriptValue.Histogram, times + 1));
        }
        else if (item == "stale")
        {
            values.Add(ScriptValue.Of(StaleMarker.Value));
        }
        else
        {
            AddNumbers(item, times, values);
        }
    }

    private static void AddNumbers(string item, int times, List<ScriptValue> values)
    {
        // a+b and a-b, where a or b may have signs and exponents of their own.
        int split = -1;
        for (int index = 1; index < item.Length; index++)
        {
            if (item[index] is '+' or '-' && char.ToLowerInvariant(item[index - 1]) != 'e')
            {
                split = index;
                break;
            }
        }

        double value = ParseNumber(split < 0 ? item : item[..split]);
        double increment = split < 0 ? 0 : ParseNumber(item[split..]);
        values.Add(ScriptValue.Of(value));
        for (int count = 0; count < times; count++)
        {
            value += increment;
            values.Add(ScriptValue.Of(value));
        }
    }

    private static double ParseNumber(string text)
    {
        string number = text.TrimStart('+', '-');
        bool negative = text.StartsWith('-');
        double value = number.ToUpperInvariant() switch
        {
            "INF" => double.PositiveInfinity,
            "NAN" => double.NaN,
            _ => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture),
        };
        return negative ? -value : value;
    }
}
