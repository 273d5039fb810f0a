using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.QueryApi;

/// <summary>The <c>match[]</c> selectors of series and label calls.</summary>
public static class MatcherParameter
{
    public const string Name = "match[]";

    /// <summary>
    /// One list of matchers per selector. A selector that also matches the empty series would select everything and is
    /// refused.
    /// </summary>
    public static bool TryParse(
        IReadOnlyList<string> selectors, out List<IReadOnlyList<Matcher>> sets, out string problem)
    {
        sets = [];
        foreach (string selector in selectors)
        {
            if (PromQLParser.ParseMetricSelector(selector, out string? error) is not { } matchers)
            {
                problem = error ?? "";
                return false;
            }

            sets.Add(matchers);
        }

        foreach (IReadOnlyList<Matcher> matchers in sets)
        {
            if (!SelectsSomething(matchers))
            {
                problem = "match[] must contain at least one non-empty matcher";
                return false;
            }
        }

        problem = "";
        return true;
    }

    private static bool SelectsSomething(IReadOnlyList<Matcher> matchers)
    {
        foreach (Matcher matcher in matchers)
        {
            if (!matcher.MatchesEmpty)
            {
                return true;
            }
        }

        return false;
    }
}
