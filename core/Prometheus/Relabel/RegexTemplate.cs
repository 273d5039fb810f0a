using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AmpEdge.Prometheus;

/// <summary>
/// A replacement with references to groups, as Go expands them: <c>$1</c>, <c>${1}</c>, <c>$name</c>, <c>$$</c>. A bare
/// name runs as far as letters, digits and underscores do, so <c>$1x</c> is the group "1x". A group that the expression
/// does not have is empty; a dollar that begins no reference stands for itself.
/// </summary>
public sealed class RegexTemplate
{
    private readonly List<Part> _parts = [];

    public RegexTemplate(string text)
    {
        Text = text;
        int literalStart = 0;
        int position = text.IndexOf('$', StringComparison.Ordinal);
        while (position >= 0)
        {
            int length = ReferenceLength(text.AsSpan(position), out string? group);
            if (length > 0)
            {
                AddLiteral(text[literalStart..position]);
                _parts.Add(new Part(group, "$"));
                literalStart = position + length;
            }

            position = text.IndexOf('$', position + Math.Max(length, 1));
        }

        AddLiteral(text[literalStart..]);
    }

    public string Text { get; }

    /// <summary>True when the text holds no reference, so that its expansion is always <see cref="Literal"/>.</summary>
    public bool IsLiteral => _parts.TrueForAll(static part => part.Group is null);

    /// <summary>True for one reference to the first group and nothing else: the default replacement.</summary>
    public bool IsFirstGroup => _parts is [{ Group: "1" }];

    public string Literal => string.Concat(_parts.ConvertAll(static part => part.Literal));

    /// <summary>The text with its references filled in from a match of that expression.</summary>
    public string Expand(Match match, AnchoredRegex regex) => Expand(match, regex.GroupNames, regex.Coding);

    /// <summary>The same from a match of any expression whose named groups have these numbers.</summary>
    internal string Expand(Match match, IReadOnlyDictionary<string, int> groupNames, RuneCoding coding)
    {
        StringBuilder expanded = new();
        foreach (Part part in _parts)
        {
            expanded.Append(part.Group is null ? part.Literal : coding.Decode(ValueOf(match, groupNames, part.Group)));
        }

        return expanded.ToString();
    }

    /// <summary>
    /// The text with every reference replaced by a letter: what a name check looks at, since what a reference expands
    /// to is known only later.
    /// </summary>
    public string WithReferencesAs(char letter)
    {
        StringBuilder text = new();
        foreach (Part part in _parts)
        {
            text.Append(part.Group is null ? part.Literal : letter.ToString());
        }

        return text.ToString();
    }

    private static string ValueOf(Match match, IReadOnlyDictionary<string, int> groupNames, string group)
    {
        int number = IsNumber(group)
            ? int.Parse(group, NumberStyles.None, CultureInfo.InvariantCulture)
            : groupNames.GetValueOrDefault(group, -1);
        return number < 0 ? "" : match.Groups[number].Value;
    }

    /// <summary>As Go reads it: <c>$01</c> is a name, and so is what has more than eight digits.</summary>
    private static bool IsNumber(string group) =>
        group.Length <= 8
        && !group.AsSpan().ContainsAnyExceptInRange('0', '9')
        && (group.Length == 1 || group[0] != '0');

    /// <summary>The length of the reference that begins at a dollar, or 0. A null group is the literal dollar.</summary>
    private static int ReferenceLength(ReadOnlySpan<char> text, out string? group)
    {
        group = null;
        if (text.Length < 2)
        {
            return 0;
        }

        if (text[1] == '$')
        {
            return 2;
        }

        bool isBraced = text[1] == '{';
        int start = isBraced ? 2 : 1;
        int end = start;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_'))
        {
            end++;
        }

        if (end == start || (isBraced && (end == text.Length || text[end] != '}')))
        {
            return 0;
        }

        group = text[start..end].ToString();
        return isBraced ? end + 1 : end;
    }

    private void AddLiteral(string literal)
    {
        if (literal.Length > 0)
        {
            _parts.Add(new Part(null, literal));
        }
    }

    private readonly record struct Part(string? Group, string Literal);
}
