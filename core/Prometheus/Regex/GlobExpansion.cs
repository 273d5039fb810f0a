using System.Text;
using static AmpEdge.Prometheus.RegexNode;

namespace AmpEdge.Prometheus;

/// <summary>Spells an expression out as globs, one per alternative, where it consists of no more than that.</summary>
internal static class GlobExpansion
{
    /// <summary>Past this many alternatives the regex engine is the better way.</summary>
    private const int MaxGlobs = 256;

    /// <summary>The globs that together match what the tree matches, or null.</summary>
    public static List<Glob>? Expand(RegexNode node) => node switch
    {
        Empty => [Glob.Empty],
        Literal literal => ExpandLiteral(literal),
        Class set => ExpandClass(set.Set),
        Capture capture => Expand(capture.Part),
        Concat concat => ExpandConcat(concat.Parts),
        Alternate alternate => ExpandAlternatives(alternate.Choices),
        Repeat { Part: Any { WithNewline: true }, Min: 0 or 1, Max: < 0 } gap => [Glob.Gap(gap.Min)],
        Repeat { Min: 0, Max: 1 } optional => Expand(optional.Part) is { } part ? [Glob.Empty, .. part] : null,
        _ => null,
    };

    private static List<Glob>? ExpandLiteral(Literal literal)
    {
        List<Glob> globs = [OfRune(literal.Rune)];
        if (literal.FoldCase)
        {
            foreach (int other in CaseFolding.OtherCases(literal.Rune))
            {
                globs.Add(OfRune(other));
            }
        }

        return globs;
    }

    private static List<Glob>? ExpandClass(RuneSet set)
    {
        List<Glob> globs = [];
        foreach ((int first, int last) in set.Ranges())
        {
            if (last - first >= MaxGlobs)
            {
                return null;
            }

            for (int rune = first; rune <= last; rune++)
            {
                if (!Rune.IsValid(rune) || globs.Count == MaxGlobs)
                {
                    return null;
                }

                globs.Add(OfRune(rune));
            }
        }

        return globs;
    }

    private static List<Glob>? ExpandConcat(IReadOnlyList<RegexNode> parts)
    {
        List<Glob> globs = [Glob.Empty];
        foreach (RegexNode part in parts)
        {
            List<Glob>? next = Expand(part);
            if (next is null || globs.Count * next.Count > MaxGlobs)
            {
                return null;
            }

            List<Glob> product = [];
            foreach (Glob left in globs)
            {
                foreach (Glob right in next)
                {
                    if (left.Then(right) is not { } joined)
                    {
                        return null;
                    }

                    product.Add(joined);
                }
            }

            globs = product;
        }

        return globs;
    }

    private static List<Glob>? ExpandAlternatives(IReadOnlyList<RegexNode> choices)
    {
        List<Glob> globs = [];
        foreach (RegexNode choice in choices)
        {
            List<Glob>? next = Expand(choice);
            if (next is null || globs.Count + next.Count > MaxGlobs)
            {
                return null;
            }

            globs.AddRange(next);
        }

        return globs;
    }

    private static Glob OfRune(int rune) => Glob.Literal(Encoding.UTF8.GetBytes(char.ConvertFromUtf32(rune)));
}
