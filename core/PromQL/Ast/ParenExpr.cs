namespace AmpEdge.PromQL;

/// <summary>An expression in parentheses.</summary>
public sealed class ParenExpr(Expr inner, PositionRange position) : Expr
{
    public Expr Inner { get; } = inner;

    public override ExprType Type => Inner.Type;

    public override PositionRange Position { get; } = position;
}
