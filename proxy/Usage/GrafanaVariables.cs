using System.Text;

namespace AmpEdge.Proxy.Usage;

/// <summary>
/// Makes a query of a dashboard PromQL again: <c>$var</c>, <c>${var}</c>, <c>${var:format}</c>, <c>[[var]]</c>, <c>[[var:format]]</c>.
/// In the place of a duration a variable becomes one, as the argument that has to be a number it becomes a number, anywhere else it becomes
/// <see cref="NameCondition.Variable"/>, which may stand for any text.
/// </summary>
internal static class GrafanaVariables
{
    private const string Duration = "5m";
    private const string Number = "1";

    /// <summary>Before their parenthesis; their first argument is a number.</summary>
    private static readonly string[] s_numberFirst =
        ["topk", "bottomk", "quantile", "limitk", "limit_ratio", "histogram_quantile", "vector"];

    /// <summary>Variables of Grafana itself that are numbers.</summary>
    private static readonly string[] s_numbers =
        ["__interval_ms", "__rate_interval_ms", "__range_ms", "__range_s", "__from", "__to"];

    /// <summary>The query with its variables replaced; the same text when it has none.</summary>
    /// <param name="query">As it stands in the dashboard.</param>
    /// <param name="numbers">Whether variables beside operators are numbers rather than names.</param>
    public static string Replace(string query, bool numbers = false)
    {
        if (query.AsSpan().IndexOfAny('$', '[') < 0)
        {
            return query;
        }

        StringBuilder replaced = new(query.Length);
        char quote = '\0';
        int index = 0;
        while (index < query.Length)
        {
            if (TryVariable(query, index, out string name, out int end))
            {
                replaced.Append(ValueOf(name, quote, replaced, query, end, numbers));
                index = end;
                continue;
            }

            char character = query[index++];
            replaced.Append(character);
            if (quote != '\0' && character == '\\' && quote != '`' && index < query.Length)
            {
                replaced.Append(query[index++]);
            }
            else if (character is '"' or '\'' or '`' && (quote == '\0' || quote == character))
            {
                quote = quote == '\0' ? character : '\0';
            }
        }

        return replaced.ToString();
    }

    private static string ValueOf(string name, char quote, StringBuilder before, string query, int end, bool numbers)
    {
        if (quote != '\0')
        {
            return NameCondition.Variable;
        }

        if (Array.IndexOf(s_numbers, name) >= 0)
        {
            return Number;
        }

        // A duration is written together from numbers and variables: [${minutes}m].
        bool isPart = (before.Length > 0 && IsWord(before[^1])) || (end < query.Length && (IsWord(query[end]) || StartsVariable(query, end)));
        if (IsDurationPlace(before))
        {
            return isPart ? Number : Duration;
        }

        return !isPart && (IsNumberPlace(before) || (numbers && IsBesideOperator(before, query, end))) ? Number : NameCondition.Variable;
    }

    /// <summary>Inside the brackets of a range, or after <c>offset</c>.</summary>
    private static bool IsDurationPlace(StringBuilder before)
    {
        string text = before.ToString();
        return text.LastIndexOf('[') > text.LastIndexOf(']') || WordBefore(text).Equals("offset", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsNumberPlace(StringBuilder before)
    {
        string text = before.ToString().TrimEnd();
        return text.EndsWith('(') && Array.IndexOf(s_numberFirst, WordBefore(text[..^1])) >= 0;
    }

    private static bool IsBesideOperator(StringBuilder before, string query, int end)
    {
        string left = before.ToString().TrimEnd();
        ReadOnlySpan<char> right = query.AsSpan(end).TrimStart();
        return (left.Length > 0 && "+-*/%^<>=,".Contains(left[^1], StringComparison.Ordinal))
            || (right.Length > 0 && "+-*/%^<>=!),".Contains(right[0], StringComparison.Ordinal));
    }

    private static string WordBefore(string text)
    {
        int end = text.TrimEnd().Length;
        int start = end;
        while (start > 0 && IsWord(text[start - 1]))
        {
            start--;
        }

        return text[start..end];
    }

    private static bool TryVariable(string query, int index, out string name, out int end)
    {
        name = "";
        end = index;
        return query[index] switch
        {
            '$' when index + 1 < query.Length && query[index + 1] == '{' => TryEnclosed(query, index + 2, "}", out name, out end),
            '$' => TryPlain(query, index + 1, out name, out end),
            '[' when index + 1 < query.Length && query[index + 1] == '[' => TryEnclosed(query, index + 2, "]]", out name, out end),
            _ => false,
        };
    }

    private static bool StartsVariable(string query, int index) => TryVariable(query, index, out _, out _);

    private static bool TryPlain(string query, int start, out string name, out int end)
    {
        end = start;
        while (end < query.Length && IsWord(query[end]))
        {
            end++;
        }

        // $1 is a group of a regular expression, a lone $ its end.
        name = query[start..end];
        return name.Length > 0 && !char.IsAsciiDigit(name[0]);
    }

    private static bool TryEnclosed(string query, int start, string closing, out string name, out int end)
    {
        name = "";
        end = start;
        int close = query.IndexOf(closing, start, StringComparison.Ordinal);
        if (close < 0)
        {
            return false;
        }

        string inside = query[start..close];
        int length = 0;
        while (length < inside.Length && (IsWord(inside[length]) || (length > 0 && inside[length] == '.')))
        {
            length++;
        }

        // What follows the name is a format; ${1} is a group.
        if (length == 0 || char.IsAsciiDigit(inside[0]) || (length < inside.Length && inside[length] != ':'))
        {
            return false;
        }

        name = inside[..length];
        end = close + closing.Length;
        return true;
    }

    private static bool IsWord(char character) => char.IsAsciiLetterOrDigit(character) || character == '_';
}
