namespace AmpEdge.PromQL;

/// <summary>Which series of two vectors belong together.</summary>
public sealed record VectorMatching
{
    public static VectorMatching OneToOne { get; } = new();

    public MatchCardinality Cardinality { get; init; }

    /// <summary>The labels of <c>on</c> or <c>ignoring</c>, as written.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary><see cref="Labels"/> are the ones to compare; else the ones to leave out.</summary>
    public bool On { get; init; }

    /// <summary>Labels of the side with the lower cardinality that go into the result.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>The value that stands in for a missing series of the left side (experimental).</summary>
    public double? FillLeft { get; init; }

    /// <summary>The value that stands in for a missing series of the right side (experimental).</summary>
    public double? FillRight { get; init; }
}
