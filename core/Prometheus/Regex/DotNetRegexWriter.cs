using System.Globalization;
using System.Text;
using static AmpEdge.Prometheus.RegexNode;

namespace AmpEdge.Prometheus;

/// <summary>
/// Writes an RE2 tree as a .NET pattern of the same meaning, for <c>RegexOptions.NonBacktracking</c>.
/// </summary>
/// <remarks>
/// What is bridged: classes are written as explicit ranges (RE2's are ASCII, and its categories hold characters above U+FFFF
/// too); characters above U+FFFF as surrogate pairs, so that a dot takes one character; <c>$</c> as the very end of the text;
/// groups with their numbers, because .NET counts named ones last; <c>\b</c> by another spelling of what is not ASCII
/// (<see cref="RuneCoding"/>).
/// </remarks>
internal sealed class DotNetRegexWriter
{
    private const int FirstSurrogate = 0xD800;
    private const int LastSurrogate = 0xDFFF;

    private readonly StringBuilder _text = new();
    private readonly RuneCoding _coding;

    private DotNetRegexWriter(RuneCoding coding) => _coding = coding;

    /// <summary>The pattern, and how texts have to be spelled for it.</summary>
    public static string Write(RegexNode tree, out RuneCoding coding)
    {
        coding = HasWordBoundary(tree) ? RuneCoding.AsciiWords : RuneCoding.Utf16;
        DotNetRegexWriter writer = new(coding);
        writer.Append(tree);
        return writer._text.ToString();
    }

    private static bool HasWordBoundary(RegexNode node)
    {
        switch (node)
        {
            case Assertion assertion:
                return assertion.Kind is AssertionKind.WordBoundary or AssertionKind.NoWordBoundary;
            case Repeat repeat:
                return HasWordBoundary(repeat.Part);
            case Capture capture:
                return HasWordBoundary(capture.Part);
            case Concat concat:
                return AnyHasWordBoundary(concat.Parts);
            case Alternate alternate:
                return AnyHasWordBoundary(alternate.Choices);
            default:
                return false;
        }
    }

    private static bool AnyHasWordBoundary(IReadOnlyList<RegexNode> nodes)
    {
        foreach (RegexNode node in nodes)
        {
            if (HasWordBoundary(node))
            {
                return true;
            }
        }

        return false;
    }

    private void Append(RegexNode node)
    {
        switch (node)
        {
            case Empty:
                break;
            case Literal literal:
                AppendLiteral(literal);
                break;
            case Any any:
                AppendAny(any.WithNewline);
                break;
            case Class set:
                AppendSet(set.Set);
                break;
            case Assertion assertion:
                AppendAssertion(assertion.Kind);
                break;
            case Concat concat:
                foreach (RegexNode part in concat.Parts)
                {
                    AppendInGroup(part, part is Alternate);
                }

                break;
            case Alternate alternate:
                AppendAlternatives(alternate);
                break;
            case Repeat repeat:
                AppendRepeat(repeat);
                break;
            case Capture capture:
                _text.Append(CultureInfo.InvariantCulture, $"(?<{capture.Number}>");
                Append(capture.Part);
                _text.Append(')');
                break;
            default:
                throw new InvalidOperationException($"unknown node {node.GetType().Name}");
        }
    }

    private void AppendInGroup(RegexNode node, bool group)
    {
        _text.Append(group ? "(?:" : "");
        Append(node);
        _text.Append(group ? ")" : "");
    }

    private void AppendAlternatives(Alternate alternate)
    {
        for (int index = 0; index < alternate.Choices.Count; index++)
        {
            _text.Append(index == 0 ? "" : "|");
            Append(alternate.Choices[index]);
        }
    }

    private void AppendRepeat(Repeat repeat)
    {
        if (repeat is { Part: Any any, Min: <= 1, Max: < 0, Lazy: false })
        {
            // Any run of characters is any run of UTF-16 units, which is far cheaper to match. The character that must be
            // there is a whole one, and so is each that a lazy run takes: its end may lie anywhere.
            Append(repeat.Min == 1 ? any : new Empty());
            _text.Append(any.WithNewline ? @"[\s\S]*" : @"[^\n]*");
            return;
        }

        AppendInGroup(repeat.Part, repeat.Part is not (Any or Capture or Class));
        _text.Append((repeat.Min, repeat.Max) switch
        {
            (0, < 0) => "*",
            (1, < 0) => "+",
            (0, 1) => "?",
            (int min, < 0) => string.Create(CultureInfo.InvariantCulture, $"{{{min},}}"),
            (int min, int max) => string.Create(CultureInfo.InvariantCulture, $"{{{min},{max}}}"),
        });
        _text.Append(repeat.Lazy ? "?" : "");
    }

    private void AppendAssertion(AssertionKind kind) => _text.Append(kind switch
    {
        AssertionKind.TextBegin => @"\A",
        AssertionKind.TextEnd => @"\z",
        AssertionKind.LineBegin => "(?m:^)",
        AssertionKind.LineEnd => "(?m:$)",
        AssertionKind.WordBoundary => @"\b",
        _ => @"\B",
    });

    private void AppendLiteral(Literal literal)
    {
        if (!literal.FoldCase)
        {
            AppendRune(literal.Rune);
            return;
        }

        RuneSet set = new();
        set.Add(literal.Rune, literal.Rune);
        set.FoldCase();
        AppendSet(set);
    }

    /// <summary>One character: a unit that is no half of a pair, or a pair.</summary>
    private void AppendAny(bool withNewline)
    {
        _text.Append(withNewline ? @"(?:[^" : @"(?:[^\n");
        AppendUnits(_text, _coding.FirstLead, Math.Max(_coding.LastLead, _coding.LastTrail));
        _text.Append("]|[");
        AppendUnits(_text, _coding.FirstLead, _coding.LastLead);
        _text.Append("][");
        AppendUnits(_text, _coding.FirstTrail, _coding.LastTrail);
        _text.Append("])");
    }

    private void AppendSet(RuneSet set)
    {
        List<string> choices = [];
        StringBuilder single = new();
        SortedDictionary<char, StringBuilder> trailsByLead = [];
        foreach ((int first, int last) in set.Ranges())
        {
            AppendSingleUnits(single, first, Math.Min(last, _coding.FirstPair - 1));
            AddPairs(trailsByLead, Math.Max(first, _coding.FirstPair), last);
        }

        if (single.Length > 0)
        {
            choices.Add($"[{single}]");
        }

        AddPairChoices(choices, trailsByLead);

        // A class that no character is in: a pattern that cannot match.
        _text.Append(choices.Count == 0 ? @"(?:\z\A[\s\S])" : $"(?:{string.Join('|', choices)})");
    }

    /// <summary>The inside of a .NET class for characters of one unit; never half of a pair.</summary>
    private static void AppendSingleUnits(StringBuilder text, int first, int last)
    {
        AppendUnits(text, first, Math.Min(last, FirstSurrogate - 1));
        AppendUnits(text, Math.Max(first, LastSurrogate + 1), last);
    }

    private static void AppendUnits(StringBuilder text, int first, int last)
    {
        if (first <= last)
        {
            text.Append(CultureInfo.InvariantCulture, $@"\u{first:X4}");
            if (last > first)
            {
                text.Append(CultureInfo.InvariantCulture, $@"-\u{last:X4}");
            }
        }
    }

    /// <summary>Collects which trail units go with each lead unit.</summary>
    private void AddPairs(SortedDictionary<char, StringBuilder> trailsByLead, int first, int last)
    {
        while (first <= last)
        {
            int stop = Math.Min(last, _coding.LastOfLead(first));
            char lead = _coding.LeadOf(first);
            if (!trailsByLead.TryGetValue(lead, out StringBuilder? trails))
            {
                trailsByLead[lead] = trails = new StringBuilder();
            }

            AppendUnits(trails, _coding.TrailOf(first), _coding.TrailOf(stop));
            first = stop + 1;
        }
    }

    /// <summary>One choice for all lead units that the same trail units go with.</summary>
    private static void AddPairChoices(List<string> choices, SortedDictionary<char, StringBuilder> trailsByLead)
    {
        Dictionary<string, StringBuilder> leadsByTrails = new(StringComparer.Ordinal);
        foreach ((char lead, StringBuilder trails) in trailsByLead)
        {
            string inside = trails.ToString();
            if (!leadsByTrails.TryGetValue(inside, out StringBuilder? leads))
            {
                leadsByTrails[inside] = leads = new StringBuilder();
            }

            AppendUnits(leads, lead, lead);
        }

        foreach ((string trails, StringBuilder leads) in leadsByTrails)
        {
            choices.Add($"[{leads}][{trails}]");
        }
    }

    private void AppendRune(int rune)
    {
        foreach (char unit in _coding.Encode(char.ConvertFromUtf32(rune)))
        {
            if (char.IsAsciiLetterOrDigit(unit) || unit == '_')
            {
                _text.Append(unit);
            }
            else
            {
                _text.Append(CultureInfo.InvariantCulture, $@"\u{(int)unit:X4}");
            }
        }
    }
}
