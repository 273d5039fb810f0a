using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;

namespace AmpEdge.Prometheus;

/// <summary>
/// A regular expression in RE2's syntax that must match the whole value, in time linear in its length. Literals,
/// prefixes, suffixes and sets of them are compared as bytes; the regex engine sees only what is left.
/// </summary>
public sealed class AnchoredRegex
{
    private const int StackChars = 256;

    /// <summary>Few globs are tried in turn; for more literals a binary search is the better way.</summary>
    private const int FewGlobs = 8;

    private readonly RegexNode _tree;
    private readonly IReadOnlyDictionary<string, int> _groupNames;
    private readonly Glob[]? _globs;
    private readonly byte[][]? _setMatches;
    private readonly byte[] _prefix;
    private readonly Lazy<System.Text.RegularExpressions.Regex> _regex;
    private RuneCoding _coding = RuneCoding.Utf16;

    private AnchoredRegex(string pattern)
    {
        RegexNode tree = Re2Parser.Parse($"^(?s:{pattern})$", out _groupNames);
        Pattern = pattern;
        _tree = tree;
        _regex = new(Compile);

        // An expression such as `a)|(b` closes the group that the anchors stand around. It is valid, as elsewhere, and
        // then has no part between anchors to take short cuts on.
        RegexNode? inner = tree is RegexNode.Concat { Parts: [RegexNode.Assertion, var part, RegexNode.Assertion] }
            ? part
            : null;
        _globs = inner is null ? null : GlobExpansion.Expand(inner)?.ToArray();
        _setMatches = FindSetMatches(_globs);
        _prefix = _globs is not null ? CommonPrefix(_globs) : inner is not null ? LeadingLiteral(inner) : [];
    }

    /// <summary>The expression as written, without the anchors.</summary>
    public string Pattern { get; }

    /// <summary>
    /// All values that match, sorted, where they are few and known: an index looks these up instead of scanning. Null
    /// otherwise.
    /// </summary>
    public IReadOnlyList<byte[]>? SetMatches => _setMatches;

    /// <summary>What every matching value begins with; may be empty.</summary>
    public ReadOnlySpan<byte> Prefix => _prefix;

    /// <summary>The compiled .NET expression, anchored, over texts in the spelling of <see cref="Coding"/>.</summary>
    internal System.Text.RegularExpressions.Regex Engine => _regex.Value;

    /// <summary>How texts are spelled for the engine.</summary>
    internal RuneCoding Coding
    {
        get
        {
            // Compiling finds out.
            _ = _regex.Value;
            return _coding;
        }
    }

    /// <summary>The match of a whole text; its groups are in the spelling of <see cref="Coding"/>.</summary>
    internal Match Match(string text) => Engine.Match(Coding.Encode(text));

    /// <summary>Compiles an expression; on failure <paramref name="error"/> is in RE2's words.</summary>
    public static bool TryCreate(
        string pattern,
        [NotNullWhen(true)] out AnchoredRegex? regex,
        [NotNullWhen(false)] out string? error)
    {
        try
        {
            regex = new AnchoredRegex(pattern);
            if (regex._globs is null)
            {
                // What the engine cannot take must fail here, not at the first match.
                _ = regex.Engine;
            }

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

    /// <exception cref="FormatException">The expression is not valid.</exception>
    public static AnchoredRegex Create(string pattern) =>
        TryCreate(pattern, out AnchoredRegex? regex, out string? error) ? regex : throw new FormatException(error);

    /// <summary>Whether the whole value matches. Bytes that are not UTF-8 are seen as U+FFFD.</summary>
    public bool IsMatch(ReadOnlySpan<byte> value)
    {
        if (_setMatches is { Length: > FewGlobs } set)
        {
            return Contains(set, value);
        }

        if (_globs is not null)
        {
            foreach (Glob glob in _globs)
            {
                if (glob.Matches(value))
                {
                    return true;
                }
            }

            return false;
        }

        return value.StartsWith(_prefix) && IsMatchOfEngine(value);
    }

    /// <summary>Whether the whole value matches, for values that are strings already.</summary>
    public bool IsMatch(string value)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(value.Length));
        try
        {
            return IsMatch(rented.AsSpan(0, Encoding.UTF8.GetBytes(value, rented)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>
    /// Whether the whole value matches, and what a template becomes with the groups of that match.
    /// </summary>
    public bool TryExpand(string value, RegexTemplate template, [NotNullWhen(true)] out string? expanded)
    {
        Match match = Match(value);
        expanded = match.Success ? template.Expand(match, this) : null;
        return match.Success;
    }

    /// <summary>The numbers of named groups, counted from 1.</summary>
    internal IReadOnlyDictionary<string, int> GroupNames => _groupNames;

    public override string ToString() => Pattern;

    private static byte[][]? FindSetMatches(Glob[]? globs)
    {
        if (globs is null)
        {
            return null;
        }

        List<byte[]> matches = [];
        foreach (Glob glob in globs)
        {
            if (glob.OnlyMatch is not { } match)
            {
                return null;
            }

            matches.Add(match);
        }

        matches.Sort(static (left, right) => left.AsSpan().SequenceCompareTo(right));
        for (int index = matches.Count - 1; index > 0; index--)
        {
            if (matches[index].AsSpan().SequenceEqual(matches[index - 1]))
            {
                matches.RemoveAt(index);
            }
        }

        return [.. matches];
    }

    private static bool Contains(byte[][] sorted, ReadOnlySpan<byte> value)
    {
        int low = 0;
        int high = sorted.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = value.SequenceCompareTo(sorted[middle]);
            if (order == 0)
            {
                return true;
            }

            (low, high) = order < 0 ? (low, middle - 1) : (middle + 1, high);
        }

        return false;
    }

    private static byte[] CommonPrefix(Glob[] globs)
    {
        ReadOnlySpan<byte> common = globs.Length == 0 ? [] : globs[0].Prefix;
        foreach (Glob glob in globs)
        {
            common = common[..common.CommonPrefixLength(glob.Prefix)];
        }

        return common.ToArray();
    }

    private static byte[] LeadingLiteral(RegexNode node)
    {
        StringBuilder literal = new();
        foreach (RegexNode part in node is RegexNode.Concat concat ? concat.Parts : [node])
        {
            if (part is not RegexNode.Literal { FoldCase: false } next)
            {
                break;
            }

            literal.Append(char.ConvertFromUtf32(next.Rune));
        }

        return Encoding.UTF8.GetBytes(literal.ToString());
    }

    private System.Text.RegularExpressions.Regex Compile() =>
        new(DotNetRegexWriter.Write(_tree, out _coding), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private bool IsMatchOfEngine(ReadOnlySpan<byte> value)
    {
        if (Coding != RuneCoding.Utf16 && !Ascii.IsValid(value))
        {
            return Match(Encoding.UTF8.GetString(value)).Success;
        }

        char[]? rented = null;
        Span<char> chars = value.Length <= StackChars
            ? stackalloc char[StackChars]
            : rented = ArrayPool<char>.Shared.Rent(value.Length);
        int length = Encoding.UTF8.GetChars(value, chars);
        bool isMatch = Engine.IsMatch(chars[..length]);
        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }

        return isMatch;
    }
}
