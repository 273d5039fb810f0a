namespace AmpEdge.PromQL;

/// <summary>
/// Copies an expression with some of its nodes replaced. Nodes of which nothing changes are shared with the original;
/// types stay what the parser checked, so a node may only be replaced by one of its type.
/// </summary>
public abstract class ExpressionRewriter
{
    /// <summary>What stands in the place of a node; without an override, the node with its children rewritten.</summary>
    public virtual Expr Rewrite(Expr expr) => RewriteChildren(expr);

    /// <summary>The selector inside a range selector.</summary>
    protected virtual VectorSelector RewriteRanged(VectorSelector selector) => selector;

    /// <summary>The node with each child rewritten.</summary>
    protected Expr RewriteChildren(Expr expr)
    {
        switch (expr)
        {
            case ParenExpr paren:
                Expr inside = Rewrite(paren.Inner);
                return inside == paren.Inner ? expr : new ParenExpr(inside, paren.Position);
            case UnaryExpr unary:
                Expr operand = Rewrite(unary.Operand);
                return operand == unary.Operand ? expr : new UnaryExpr(unary.Negative, operand, unary.Position.Start);
            case BinaryExpr binary:
                return RewriteOperands(binary);
            case AggregateExpr aggregate:
                return RewriteAggregated(aggregate);
            case Call call:
                return RewriteArguments(call);
            case SubqueryExpr subquery:
                Expr inner = Rewrite(subquery.Inner);
                return inner == subquery.Inner ? expr : subquery.With(inner, subquery.Time);
            case MatrixSelector range:
                VectorSelector selector = RewriteRanged(range.Selector);
                return selector == range.Selector ? expr : range.With(selector);
            default:
                return expr;
        }
    }

    private BinaryExpr RewriteOperands(BinaryExpr binary)
    {
        Expr left = Rewrite(binary.Left);
        Expr right = Rewrite(binary.Right);
        return left == binary.Left && right == binary.Right ? binary : binary.With(left, right, binary.Matching);
    }

    private AggregateExpr RewriteAggregated(AggregateExpr aggregate)
    {
        Expr? parameter = aggregate.Parameter is { } given ? Rewrite(given) : null;
        Expr inner = Rewrite(aggregate.Inner);
        return inner == aggregate.Inner && parameter == aggregate.Parameter
            ? aggregate
            : aggregate.With(inner, parameter, aggregate.Grouping);
    }

    private Call RewriteArguments(Call call)
    {
        Expr[]? changed = null;
        for (int index = 0; index < call.Arguments.Count; index++)
        {
            Expr argument = Rewrite(call.Arguments[index]);
            if (argument != call.Arguments[index])
            {
                changed ??= [.. call.Arguments];
                changed[index] = argument;
            }
        }

        return changed is null ? call : new Call(call.Function, changed, call.Position);
    }
}
