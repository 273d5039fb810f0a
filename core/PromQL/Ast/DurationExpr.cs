namespace AmpEdge.PromQL;

/// <summary>
/// A calculation in the place of a duration (experimental). Its leaves are <see cref="NumberLiteral"/> in seconds and
/// the operators Step and Range, which have no operands. A signed operand has no <see cref="Left"/>.
/// </summary>
public sealed class DurationExpr : Expr
{
    public required DurationOperator Operator { get; init; }

    public Expr? Left { get; init; }

    public Expr? Right { get; init; }

    /// <summary>Written in parentheses.</summary>
    public bool Wrapped { get; init; }

    public override ExprType Type => ExprType.Scalar;

    public override PositionRange Position => PositionInQuery;

    internal PositionRange PositionInQuery { get; init; }
}
