namespace AmpEdge.PromQL;

/// <summary>
/// Series chosen by label matchers, with all samples of a time range. Offset and <c>@</c> are the selector's.
/// </summary>
public sealed class MatrixSelector : Expr
{
    public required VectorSelector Selector { get; init; }

    /// <summary>In milliseconds; 0 when <see cref="RangeExpr"/> is not resolved.</summary>
    public required long RangeMs { get; init; }

    /// <summary>The range as a calculation, or null when it was one number or duration.</summary>
    public DurationExpr? RangeExpr { get; init; }

    public override ExprType Type => ExprType.Matrix;

    public override PositionRange Position => new(Selector.Position.Start, EndPosition);

    internal int EndPosition { get; set; }

    /// <summary>The same range of another selector.</summary>
    public MatrixSelector With(VectorSelector selector) =>
        new() { Selector = selector, RangeMs = RangeMs, RangeExpr = RangeExpr, EndPosition = EndPosition };
}
