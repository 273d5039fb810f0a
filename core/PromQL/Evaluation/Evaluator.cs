using System.Diagnostics;

namespace AmpEdge.PromQL;

/// <summary>
/// Evaluates nodes of a query over some steps. It only knows which evaluator each kind of node has; a subquery makes an
/// evaluator of its own with the inner steps.
/// </summary>
internal sealed class Evaluator(EvaluationContext context, StepRange steps)
{
    public EvaluationContext Context { get; } = context;

    public StepRange Steps { get; } = steps;

    /// <summary>The expression inside any parentheses.</summary>
    public static Expr Unwrap(Expr expr)
    {
        while (true)
        {
            switch (expr)
            {
                case ParenExpr paren:
                    expr = paren.Inner;
                    break;
                case StepInvariantExpr invariant:
                    expr = invariant.Inner;
                    break;
                default:
                    return expr;
            }
        }
    }

    /// <summary>Evaluates anything but a range vector.</summary>
    public NodeValue Evaluate(Expr expr) => Unwrap(expr) switch
    {
        NumberLiteral number => ScalarColumn.Constant(number.Value, Steps.Count),
        StringLiteral text => new StringConstant(text.Value),
        VectorSelector selector => SelectorEvaluator.SelectVector(selector, this, wantTimestamps: false),
        UnaryExpr unary => UnaryEvaluator.Evaluate(unary, this),
        BinaryExpr binary => BinaryEvaluator.Evaluate(binary, this),
        AggregateExpr aggregate => AggregateEvaluator.Evaluate(aggregate, this),
        Call call => FunctionRegistry.Evaluate(new FunctionCall(call, this)),
        _ => throw new UnreachableException($"the parser lets no {expr.GetType().Name} stand here"),
    };

    public SeriesStream EvaluateVector(Expr expr) => (SeriesStream)Evaluate(expr);

    public ScalarColumn EvaluateScalar(Expr expr) => (ScalarColumn)Evaluate(expr);

    /// <summary>Evaluates a range selector or a subquery.</summary>
    public RangeSource EvaluateRange(Expr expr) => Unwrap(expr) switch
    {
        MatrixSelector selector => SelectorEvaluator.SelectRange(selector, this),
        SubqueryExpr subquery => SubqueryEvaluator.Evaluate(subquery, this),
        _ => throw new UnreachableException($"the parser lets no {expr.GetType().Name} be a range vector"),
    };
}
