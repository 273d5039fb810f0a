using System.Globalization;
using System.Text;
using static AmpEdge.Prometheus.RegexNode;

namespace AmpEdge.Prometheus;

/// <summary>
/// Writes an RE2 tree as a .NET pattern of the same meaning, for <c>RegexOptions.NonBacktracking</c>.
/// </summary>
/// <remarks>
/// What is bridged: classes are written as explicit ranges (RE2's are ASCII); characters above U+FFFF as surrogate
/// pairs, so that a dot takes one character; <c>$</c> as the very end of the text; groups with their numbers, because
/// .NET counts named ones last. What remains different: <c>\b</c> looks at Unicode word characters; a <c>\p{…}</c> holds
/// no character above U+FFFF and has no other cases under the flag <c>i</c>.
/// </remarks>
internal sealed class DotNetRegexWriter
{
    private const string AnyWithNewline = @"(?:[^\uD800-\uDFFF]|[\uD800-\uDBFF][\uDC00-\uDFFF])";
    private const string AnyButNewline = @"(?:[^\n\uD800-\uDFFF]|[\uD800-\uDBFF][\uDC00-\uDFFF])";
    private const int FirstSurrogate = 0xD800;
    private const int LastSurrogate = 0xDFFF;

    private readonly StringBuilder _text = new();

    public static string Write(RegexNode tree)
    {
        DotNetRegexWriter writer = new();
        writer.Append(tree);
        return writer._text.ToString();
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
                _text.Append(any.WithNewline ? AnyWithNewline : AnyButNewline);
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

    private void AppendSet(RuneSet set)
    {
        List<string> choices = [];
        string basicPlane = BasicPlane(set);
        if (basicPlane.Length > 0)
        {
            choices.Add($"[{basicPlane}]");
        }

        foreach ((int first, int last) in set.AstralRanges())
        {
            AddSurrogatePairs(choices, first, last);
        }

        // A class that no character is in: a pattern that cannot match.
        _text.Append(choices.Count == 0 ? @"(?:\z\A[\s\S])" : $"(?:{string.Join('|', choices)})");
    }

    /// <summary>The inside of a .NET class for the characters up to U+FFFF; never half of a pair.</summary>
    private static string BasicPlane(RuneSet set)
    {
        StringBuilder inside = new();
        foreach ((int first, int last) in set.Ranges())
        {
            AppendBasicPlane(inside, first, last);
        }

        if (set.Categories.Count == 0)
        {
            return inside.ToString();
        }

        foreach ((string name, bool negated) in set.Categories)
        {
            // RE2's C leaves out the code points that are not assigned; .NET's has them.
            inside.Append((name, negated) switch
            {
                ("C", false) => @"\p{Cc}\p{Cf}\p{Co}",
                ("C", true) => @"\P{C}\p{Cn}",
                (_, false) => $@"\p{{{name}}}",
                _ => $@"\P{{{name}}}",
            });
        }

        return set.Negated ? $@"^{inside}\uD800-\uDFFF" : $@"{inside}-[\uD800-\uDFFF]";
    }

    private static void AppendBasicPlane(StringBuilder text, int first, int last)
    {
        AppendUnits(text, first, Math.Min(last, FirstSurrogate - 1));
        AppendUnits(text, Math.Max(first, LastSurrogate + 1), Math.Min(last, char.MaxValue));
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

    /// <summary>A range above U+FFFF as one, two or three products of lead and trail ranges.</summary>
    private static void AddSurrogatePairs(List<string> choices, int first, int last)
    {
        first = Math.Max(first, char.MaxValue + 1);
        while (first <= last)
        {
            int lead = LeadOf(first);
            int leadEnd = char.MaxValue + 1 + ((lead - FirstSurrogate + 1) << 10) - 1;
            bool wholeLead = TrailOf(first) == 0xDC00 && LeadOf(last) > lead;
            if (wholeLead)
            {
                int lastWholeLead = TrailOf(last) == LastSurrogate ? LeadOf(last) : LeadOf(last) - 1;
                choices.Add(Pair(lead, lastWholeLead, 0xDC00, LastSurrogate));
                first = char.MaxValue + 1 + ((lastWholeLead - FirstSurrogate + 1) << 10);
                continue;
            }

            int stop = Math.Min(last, leadEnd);
            choices.Add(Pair(lead, lead, TrailOf(first), TrailOf(stop)));
            first = stop + 1;
        }
    }

    private static int LeadOf(int rune) => FirstSurrogate + ((rune - char.MaxValue - 1) >> 10);

    private static int TrailOf(int rune) => 0xDC00 + ((rune - char.MaxValue - 1) & 0x3FF);

    private static string Pair(int firstLead, int lastLead, int firstTrail, int lastTrail)
    {
        StringBuilder text = new("[");
        AppendUnits(text, firstLead, lastLead);
        text.Append("][");
        AppendUnits(text, firstTrail, lastTrail);
        return text.Append(']').ToString();
    }

    private void AppendRune(int rune)
    {
        foreach (char unit in char.ConvertFromUtf32(rune))
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
