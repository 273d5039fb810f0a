using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.Proxy.Usage;

/// <summary>Finds out what a PromQL text reads.</summary>
internal static class QueryNames
{
    private const int MaxQueryLength = 64 << 10;
    private const int MaxNamesOfUnreadable = 64;

    /// <summary>
    /// The conditions of all selectors. A text that is no PromQL yields the names that stand in it, so that what only another
    /// engine understands does not make its metrics look unused; <paramref name="isReadable"/> is false then.
    /// </summary>
    public static List<NameCondition> Of(string query, out bool isReadable)
    {
        List<NameCondition> found = [];
        isReadable = query.Length <= MaxQueryLength
            && PromQLParser.Parse(query, ParserOptions.Everything).TryGet(out Expr? expr, out _)
            && TryAdd(expr, found);
        if (!isReadable)
        {
            AddWords(query, found);
        }

        return found;
    }

    /// <summary>The condition of a series selector, as <c>match[]</c> takes it.</summary>
    public static NameCondition? OfSelector(string selector) =>
        PromQLParser.Parse(selector, ParserOptions.Everything).TryGet(out Expr? expr, out _) && expr is VectorSelector parsed
            ? NameCondition.Of(parsed.Matchers)
            : PromQLParser.ParseMetricSelector(selector, out _) is { } matchers ? NameCondition.Of(matchers) : null;

    private static bool TryAdd(Expr expr, List<NameCondition> found)
    {
        foreach (IReadOnlyList<Matcher> selector in Selectors.Of(expr))
        {
            found.Add(NameCondition.Of(selector));
        }

        return true;
    }

    private static void AddWords(string text, List<NameCondition> found)
    {
        int index = 0;
        while (index < text.Length && found.Count < MaxNamesOfUnreadable)
        {
            if (!IsStart(text[index]))
            {
                index++;
                continue;
            }

            int start = index;
            while (index < text.Length && (IsStart(text[index]) || char.IsAsciiDigit(text[index])))
            {
                index++;
            }

            string word = text[start..index];
            if (!word.Contains(NameCondition.Variable, StringComparison.Ordinal))
            {
                found.Add(NameCondition.OfName(word));
            }
        }
    }

    private static bool IsStart(char character) => char.IsAsciiLetter(character) || character is '_' or ':';
}
