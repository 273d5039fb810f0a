namespace AmpEdge.PromQL;

/// <summary>A number, or a duration that stands for its seconds.</summary>
public sealed class NumberLiteral(double value, PositionRange position, bool isDuration = false) : Expr
{
    public double Value { get; } = value;

    /// <summary>Written as a duration (<c>5m</c>), and printed as one.</summary>
    public bool IsDuration { get; } = isDuration;

    public override ExprType Type => ExprType.Scalar;

    public override PositionRange Position { get; } = position;
}
