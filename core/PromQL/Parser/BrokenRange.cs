namespace AmpEdge.PromQL;

/// <summary>
/// A range behind something that is no selector. It only exists until the errors of the query are reported, so that
/// the modifiers behind it can complain as well.
/// </summary>
internal sealed class BrokenRange(PositionRange position) : Expr
{
    public override ExprType Type => ExprType.Matrix;

    public override PositionRange Position { get; } = position;
}
