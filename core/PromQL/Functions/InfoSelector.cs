using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// The second argument of <c>info</c>: matchers of the name say which metrics are info metrics, the others which of their
/// labels are wanted.
/// </summary>
internal sealed class InfoSelector
{
    private const string DefaultMetric = "target_info";

    private readonly List<Matcher> _nameMatchers = [];
    private readonly List<Matcher> _labelMatchers = [];

    /// <summary>A selector that names no metric lets even the default one be enriched.</summary>
    private readonly bool _knowsInfoNames;

    private InfoSelector(VectorSelector? selector)
    {
        foreach (Matcher matcher in selector?.Matchers ?? [])
        {
            (matcher.Name == LabelNames.MetricName ? _nameMatchers : _labelMatchers).Add(matcher);
        }

        _knowsInfoNames = selector is null || _nameMatchers.Count > 0;
        if (_nameMatchers.Count == 0)
        {
            _nameMatchers.Add(new Matcher(MatcherType.Equal, LabelNames.MetricName, DefaultMetric));
        }
    }

    /// <summary>A series without info may stay: no matcher asks for a label that is not empty.</summary>
    public bool MayBeMissing { get; private init; } = true;

    /// <summary>The selector of a call, or of a call without one.</summary>
    public static InfoSelector Of(VectorSelector? selector)
    {
        bool mayBeMissing = true;
        foreach (Matcher matcher in selector?.Matchers ?? [])
        {
            mayBeMissing &= matcher.Name == LabelNames.MetricName || matcher.MatchesEmpty;
        }

        return new InfoSelector(selector) { MayBeMissing = mayBeMissing };
    }

    /// <summary>The series is itself an info series, which gets no labels of others.</summary>
    public bool SelectsName(Labels labels)
    {
        foreach (Matcher matcher in _nameMatchers)
        {
            if (!matcher.Matches(labels))
            {
                return false;
            }
        }

        return _knowsInfoNames;
    }

    /// <summary>A label of an info series is wanted: it is named, or none is.</summary>
    public bool Wants(ReadOnlySpan<byte> name)
    {
        foreach (Matcher matcher in _labelMatchers)
        {
            if (name.SequenceEqual(matcher.Utf8Name.Span))
            {
                return true;
            }
        }

        return _labelMatchers.Count == 0;
    }

    /// <summary>The matchers for info series with some values of the identifying labels.</summary>
    /// <param name="identities">For each identifying label the values that any series has; empty for none.</param>
    public List<Matcher> MatchersFor(IReadOnlyDictionary<string, SortedSet<string>> identities)
    {
        List<Matcher> matchers = [.. _nameMatchers];
        foreach ((string name, SortedSet<string> values) in identities)
        {
            StringBuilder alternatives = new();
            foreach (string value in values)
            {
                alternatives.Append(alternatives.Length > 0 ? "|" : "");
                AppendLiteral(alternatives, value);
            }

            if (values.Count > 0)
            {
                matchers.Add(new Matcher(MatcherType.Regex, name, alternatives.ToString()));
            }
        }

        matchers.AddRange(_labelMatchers);
        return matchers;
    }

    /// <summary>A text as a regular expression that matches nothing else.</summary>
    private static void AppendLiteral(StringBuilder pattern, string text)
    {
        foreach (char letter in text)
        {
            if (@"\.+*?()|[]{}^$".Contains(letter, StringComparison.Ordinal))
            {
                pattern.Append('\\');
            }

            pattern.Append(letter);
        }
    }
}
