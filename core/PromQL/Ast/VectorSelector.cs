using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Series chosen by label matchers, one sample each.</summary>
public sealed class VectorSelector : Expr
{
    /// <summary>The metric name, written bare or quoted inside the braces; empty when there is none.</summary>
    public required string Name { get; init; }

    /// <summary>All matchers, in the order written; the one of <see cref="Name"/> comes last.</summary>
    public required IReadOnlyList<Matcher> Matchers { get; init; }

    public TimeModifiers Time { get; internal set; }

    /// <summary>The range selector around it takes in the samples at its edges (experimental).</summary>
    public bool Anchored { get; internal set; }

    /// <summary>Values at the edges are interpolated (experimental).</summary>
    public bool Smoothed { get; internal set; }

    /// <summary>
    /// The second argument of <c>info</c>: matchers for labels of info series, which may all match nothing.
    /// </summary>
    public bool IsLabelSelector { get; internal set; }

    public override ExprType Type => ExprType.Vector;

    public override PositionRange Position => PositionInQuery;

    internal PositionRange PositionInQuery { get; set; }

    /// <summary>The same selector with other matchers (one for the name among them, if it has one) and another time.</summary>
    public VectorSelector With(IReadOnlyList<Matcher> matchers, TimeModifiers time) => new()
    {
        Name = Name,
        Matchers = matchers,
        Time = time,
        Anchored = Anchored,
        Smoothed = Smoothed,
        IsLabelSelector = IsLabelSelector,
        PositionInQuery = PositionInQuery,
    };
}
