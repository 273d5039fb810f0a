using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;

namespace AmpEdge.Prometheus;

/// <summary>
/// A regular expression in RE2's syntax that may match anywhere in a text, in time linear in its length: what Go's
/// <c>MatchString</c> and <c>ReplaceAllString</c> do. Values of labels are matched whole, by <see cref="AnchoredRegex"/>.
/// </summary>
public sealed class SearchRegex
{
    private readonly System.Text.RegularExpressions.Regex _regex;
    private readonly IReadOnlyDictionary<string, int> _groupNames;
    private readonly RuneCoding _coding;

    private SearchRegex(string pattern)
    {
        RegexNode tree = Re2Parser.Parse(pattern, out _groupNames);
        _regex = new System.Text.RegularExpressions.Regex(
            DotNetRegexWriter.Write(tree, out _coding), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    /// <summary>Compiles an expression; on failure <paramref name="error"/> is in RE2's words.</summary>
    public static bool TryCreate(
        string pattern, [NotNullWhen(true)] out SearchRegex? regex, [NotNullWhen(false)] out string? error)
    {
        try
        {
            regex = new SearchRegex(pattern);
            error = null;
            return true;
        }
        catch (RegexSyntaxException refused)
        {
            error = refused.Message;
        }
        catch (Exception refused) when (refused is RegexParseException or NotSupportedException)
        {
            error = $"error parsing regexp: not supported here ({refused.Message}): `{pattern}`";
        }

        regex = null;
        return false;
    }

    /// <summary>Whether any part of the text matches.</summary>
    public bool IsMatch(string text) => _regex.IsMatch(_coding.Encode(text));

    /// <summary>The text with each match replaced; a match of nothing right behind another match does not count.</summary>
    public string ReplaceAll(string text, RegexTemplate replacement)
    {
        StringBuilder replaced = new();
        int position = 0;
        int lastEnd = -1;
        string encoded = _coding.Encode(text);
        foreach (Match match in _regex.Matches(encoded))
        {
            if (match.Length == 0 && match.Index == lastEnd)
            {
                continue;
            }

            replaced.Append(_coding.Decode(encoded[position..match.Index]));
            replaced.Append(replacement.Expand(match, _groupNames, _coding));
            position = match.Index + match.Length;
            lastEnd = position;
        }

        return replaced.Append(_coding.Decode(encoded[position..])).ToString();
    }
}
