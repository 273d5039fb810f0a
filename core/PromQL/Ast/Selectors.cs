using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>The selectors of an expression.</summary>
public static class Selectors
{
    /// <summary>The matchers of every selector, in the order of the text.</summary>
    public static List<IReadOnlyList<Matcher>> Of(Expr expr)
    {
        List<IReadOnlyList<Matcher>> found = [];
        Collect(expr, found);
        return found;
    }

    private static void Collect(Expr expr, List<IReadOnlyList<Matcher>> found)
    {
        switch (Evaluator.Unwrap(expr))
        {
            case VectorSelector selector:
                found.Add(selector.Matchers);
                break;
            case MatrixSelector range:
                found.Add(range.Selector.Matchers);
                break;
            case SubqueryExpr subquery:
                Collect(subquery.Inner, found);
                break;
            case UnaryExpr unary:
                Collect(unary.Operand, found);
                break;
            case BinaryExpr binary:
                Collect(binary.Left, found);
                Collect(binary.Right, found);
                break;
            case AggregateExpr aggregate:
                if (aggregate.Parameter is { } parameter)
                {
                    Collect(parameter, found);
                }

                Collect(aggregate.Inner, found);
                break;
            case Call call:
                foreach (Expr argument in call.Arguments)
                {
                    Collect(argument, found);
                }

                break;
        }
    }
}
