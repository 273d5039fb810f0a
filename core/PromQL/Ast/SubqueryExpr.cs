namespace AmpEdge.PromQL;

/// <summary>An instant expression evaluated at regular steps over a time range.</summary>
public sealed class SubqueryExpr : Expr
{
    public required Expr Inner { get; init; }

    /// <summary>In milliseconds; 0 when <see cref="RangeExpr"/> is not resolved.</summary>
    public required long RangeMs { get; init; }

    public DurationExpr? RangeExpr { get; init; }

    /// <summary>
    /// In milliseconds; 0 means the engine's default step (or <see cref="StepExpr"/> is not resolved).
    /// </summary>
    public required long StepMs { get; init; }

    public DurationExpr? StepExpr { get; init; }

    public TimeModifiers Time { get; internal set; }

    public override ExprType Type => ExprType.Matrix;

    public override PositionRange Position => new(StartPosition, EndPosition);

    internal int StartPosition { get; init; }

    internal int EndPosition { get; set; }

    /// <summary>The same subquery of another expression, at another time.</summary>
    public SubqueryExpr With(Expr inner, TimeModifiers time) => new()
    {
        Inner = inner,
        RangeMs = RangeMs,
        RangeExpr = RangeExpr,
        StepMs = StepMs,
        StepExpr = StepExpr,
        Time = time,
        StartPosition = StartPosition,
        EndPosition = EndPosition,
    };
}
