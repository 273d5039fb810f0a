using AmpEdge.Prometheus;

namespace AmpEdge.Proxy.Usage;

/// <summary>
/// Which metrics a selector reads: some by their names, those whose names match a pattern, or all. A selector that leaves
/// the name open (<c>{job="x"}</c>, <c>{__name__=~".+"}</c>) reads all: which metrics have such labels is not known here.
/// </summary>
internal sealed class NameCondition
{
    /// <summary>Stands for what a variable of a dashboard may hold, inside names and expressions of names.</summary>
    public const string Variable = "__ampedge_variable__";

    private const string AnyText = ".*";
    private const int MaxTextLength = 200;

    /// <summary>Names that nobody gives: what takes all of them does not choose by name.</summary>
    private static readonly byte[][] s_madeUpNames =
        ["qzjx_vwkh"u8.ToArray(), "Kqx:zzwv:rate9q"u8.ToArray(), "z"u8.ToArray(), "xqj_wvz_kpy_total_sum_bucket_count"u8.ToArray()];

    private NameCondition(string text)
    {
        Text = text;
    }

    /// <summary>The names, where they are known; else empty.</summary>
    public IReadOnlyList<byte[]> Names { get; private init; } = [];

    /// <summary>What the name has to meet; empty where <see cref="Names"/> are known or where all are read.</summary>
    public IReadOnlyList<Matcher> Patterns { get; private init; } = [];

    /// <summary>Whether everything is read, as far as names tell.</summary>
    public bool IsAll { get; private init; }

    /// <summary>The pattern or the selector for people, and the key by which equal ones are found; at most 200 characters of a selector.</summary>
    public string Text { get; }

    /// <summary>The condition of a selector's matchers.</summary>
    public static NameCondition Of(IReadOnlyList<Matcher> selector)
    {
        List<Matcher> patterns = [];
        foreach (Matcher matcher in selector)
        {
            if (matcher.Name == LabelNames.MetricName && WithoutVariables(matcher) is { } pattern)
            {
                patterns.Add(pattern);
            }
        }

        return IsOpen(patterns)
            ? new NameCondition(Shown(selector)) { IsAll = true }
            : KnownNames(patterns) is { } names
                ? new NameCondition("") { Names = names }
                : new NameCondition(TextOf(patterns)) { Patterns = patterns };
    }

    /// <summary>The condition that one name is read.</summary>
    public static NameCondition OfName(string name) => new("") { Names = [System.Text.Encoding.UTF8.GetBytes(name)] };

    /// <summary>Whether a name meets <see cref="Patterns"/>.</summary>
    public bool Matches(ReadOnlySpan<byte> name)
    {
        foreach (Matcher pattern in Patterns)
        {
            if (!pattern.Matches(name))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Patterns as they were written to a file; null when one is no expression.</summary>
    public static NameCondition? OfPatterns(IReadOnlyList<(MatcherType Type, string Value)> written)
    {
        List<Matcher> patterns = [];
        foreach ((MatcherType type, string value) in written)
        {
            if (!Matcher.TryCreate(type, LabelNames.MetricName, value, out Matcher? pattern, out _))
            {
                return null;
            }

            patterns.Add(pattern);
        }

        return new NameCondition(TextOf(patterns)) { Patterns = patterns };
    }

    private static bool IsOpen(List<Matcher> patterns)
    {
        foreach (byte[] name in s_madeUpNames)
        {
            foreach (Matcher pattern in patterns)
            {
                if (!pattern.Matches(name))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static List<byte[]>? KnownNames(List<Matcher> patterns)
    {
        foreach (Matcher chosen in patterns)
        {
            if (chosen.SetMatches is not { } candidates)
            {
                continue;
            }

            List<byte[]> names = [];
            foreach (byte[] candidate in candidates)
            {
                if (patterns.TrueForAll(pattern => pattern.Matches(candidate)))
                {
                    names.Add(candidate);
                }
            }

            return names;
        }

        return null;
    }

    /// <summary>A matcher in which a variable may be any text; null when it then says nothing any more.</summary>
    private static Matcher? WithoutVariables(Matcher matcher)
    {
        if (!matcher.Value.Contains(Variable, StringComparison.Ordinal))
        {
            return matcher;
        }

        string expression = matcher.Type switch
        {
            MatcherType.Regex => matcher.Value.Replace(Variable, AnyText, StringComparison.Ordinal),
            MatcherType.Equal => string.Join(AnyText, Array.ConvertAll(matcher.Value.Split(Variable), DropRule.Escape)),
            _ => AnyText,
        };
        return matcher.IsNegative || !Matcher.TryCreate(MatcherType.Regex, matcher.Name, expression, out Matcher? open, out _)
            ? null
            : open;
    }

    private static string TextOf(List<Matcher> patterns) => "{" + string.Join(",", patterns) + "}";

    private static string Shown(IReadOnlyList<Matcher> selector)
    {
        string text = "{" + string.Join(",", selector) + "}";
        text = text.Replace(Variable, "$…", StringComparison.Ordinal);
        return text.Length <= MaxTextLength ? text : text[..MaxTextLength] + "…";
    }
}
