namespace AmpEdge.PromQL;

/// <summary>
/// An expression whose result is the same at every evaluation time (all its selectors are pinned by <c>@</c>). Never
/// made by the parser; the engine wraps what it may evaluate once.
/// </summary>
public sealed class StepInvariantExpr(Expr inner) : Expr
{
    public Expr Inner { get; } = inner;

    public override ExprType Type => Inner.Type;

    public override PositionRange Position => Inner.Position;
}
