namespace AmpEdge.PromQL;

/// <summary>A sign before an expression that is no number literal (those carry their sign).</summary>
public sealed class UnaryExpr(bool negative, Expr operand, int startPosition) : Expr
{
    /// <summary>True for <c>-</c>, false for <c>+</c>.</summary>
    public bool Negative { get; } = negative;

    public Expr Operand { get; } = operand;

    public override ExprType Type => Operand.Type;

    public override PositionRange Position => new(startPosition, Operand.Position.End);
}
