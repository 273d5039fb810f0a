namespace AmpEdge.PromQL;

/// <summary>Two expressions and an operator between them.</summary>
public sealed class BinaryExpr : Expr
{
    public required BinaryOperator Operator { get; init; }

    public required Expr Left { get; init; }

    public required Expr Right { get; init; }

    /// <summary>How series meet; null unless both sides are instant vectors.</summary>
    public VectorMatching? Matching { get; internal set; }

    /// <summary>A comparison gives 0 or 1 instead of filtering.</summary>
    public bool ReturnBool { get; init; }

    public override ExprType Type => CheckedType
        ?? (Left.Type == ExprType.Scalar && Right.Type == ExprType.Scalar ? ExprType.Scalar : ExprType.Vector);

    public override PositionRange Position =>
        PositionInQuery ?? new PositionRange(Left.Position.Start, Right.Position.End);

    // Known from parsing: to ask the operands would walk down chains that can be longer than the stack is deep.
    internal PositionRange? PositionInQuery { get; init; }

    internal ExprType? CheckedType { get; set; }

    /// <summary>The same operation between other operands of the same types.</summary>
    public BinaryExpr With(Expr left, Expr right, VectorMatching? matching) => new()
    {
        Operator = Operator,
        Left = left,
        Right = right,
        Matching = matching,
        ReturnBool = ReturnBool,
        PositionInQuery = PositionInQuery,
        CheckedType = CheckedType,
    };
}
