namespace AmpEdge.PromQL;

/// <summary>A function call; the parser has checked number and types of the arguments.</summary>
public sealed class Call(FunctionSignature function, IReadOnlyList<Expr> arguments, PositionRange position) : Expr
{
    public FunctionSignature Function { get; } = function;

    /// <summary>As written: optional arguments that were left out are not here.</summary>
    public IReadOnlyList<Expr> Arguments { get; } = arguments;

    public override ExprType Type => Function.ReturnType;

    public override PositionRange Position { get; } = position;
}
