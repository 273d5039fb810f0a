namespace AmpEdge.Prometheus;

/// <summary>The syntax tree of an RE2 expression: what <see cref="Re2Parser"/> reads and the analyses below walk.</summary>
internal abstract record RegexNode
{
    private RegexNode()
    {
    }

    /// <summary>Matches the empty string.</summary>
    public sealed record Empty : RegexNode;

    /// <summary>One character; <paramref name="FoldCase"/> under the flag <c>i</c>.</summary>
    public sealed record Literal(int Rune, bool FoldCase) : RegexNode;

    /// <summary>The dot; <paramref name="WithNewline"/> under the flag <c>s</c>.</summary>
    public sealed record Any(bool WithNewline) : RegexNode;

    /// <summary>A character class.</summary>
    public sealed record Class(RuneSet Set) : RegexNode;

    /// <summary>An assertion of no width.</summary>
    public sealed record Assertion(AssertionKind Kind) : RegexNode;

    public sealed record Concat(IReadOnlyList<RegexNode> Parts) : RegexNode;

    public sealed record Alternate(IReadOnlyList<RegexNode> Choices) : RegexNode;

    /// <summary><paramref name="Max"/> is negative where there is no upper bound.</summary>
    public sealed record Repeat(RegexNode Part, int Min, int Max, bool Lazy) : RegexNode;

    /// <summary>A capturing group; they are counted from 1 in the order of their opening brackets, named ones too.</summary>
    public sealed record Capture(RegexNode Part, int Number) : RegexNode;

    internal enum AssertionKind
    {
        TextBegin,
        TextEnd,
        LineBegin,
        LineEnd,
        WordBoundary,
        NoWordBoundary,
    }
}
