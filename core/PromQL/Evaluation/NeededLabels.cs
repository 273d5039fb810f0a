using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// The selectors of which only some labels matter, since an aggregation <c>by</c> those labels takes what is selected, with no more
/// than a function over a range in between: no other label is looked at then, and a store need not read them.
/// </summary>
/// <remarks>
/// Series of several names are not among them: without the other labels it could not be seen which are the same but for the name.
/// </remarks>
internal sealed class NeededLabels
{
    private readonly Dictionary<VectorSelector, IReadOnlyList<string>> _names = new(ReferenceEqualityComparer.Instance);

    public static NeededLabels All { get; } = new();

    public static NeededLabels Of(Expr expr)
    {
        NeededLabels needed = new();
        needed.Visit(expr);
        return needed;
    }

    /// <summary>The names of the labels, the metric's own for notes among them; null when all may matter.</summary>
    public IReadOnlyList<string>? For(VectorSelector selector) => _names.GetValueOrDefault(selector);

    private void Visit(Expr expr)
    {
        switch (Evaluator.Unwrap(expr))
        {
            case UnaryExpr unary:
                Visit(unary.Operand);
                break;
            case BinaryExpr binary:
                Visit(binary.Left);
                Visit(binary.Right);
                break;
            case SubqueryExpr subquery:
                Visit(subquery.Inner);
                break;
            case AggregateExpr aggregate:
                Visit(aggregate);
                break;
            case Call call:
                foreach (Expr argument in call.Arguments)
                {
                    Visit(argument);
                }

                break;
        }
    }

    private void Visit(AggregateExpr aggregate)
    {
        if (!aggregate.Without && IsOfGroups(aggregate.Operator) && SelectorIn(aggregate.Inner) is { } selector && HasOneName(selector))
        {
            _names[selector] = [.. aggregate.Grouping, LabelNames.MetricName];
        }

        Visit(aggregate.Inner);
        if (aggregate.Parameter is { } parameter)
        {
            Visit(parameter);
        }
    }

    /// <summary>The others answer with series of their operand, or look at their labels.</summary>
    private static bool IsOfGroups(AggregateOperator aggregation) => aggregation is
        AggregateOperator.Avg or AggregateOperator.Count or AggregateOperator.Group or AggregateOperator.Max or AggregateOperator.Min
        or AggregateOperator.Quantile or AggregateOperator.Stddev or AggregateOperator.Stdvar or AggregateOperator.Sum;

    /// <summary>What is aggregated, when each of its series comes from one selected series.</summary>
    private static VectorSelector? SelectorIn(Expr aggregated)
    {
        switch (Evaluator.Unwrap(aggregated))
        {
            case VectorSelector selector:
                return selector;
            case Call { Function.Name: not "absent_over_time" } call:
                foreach (Expr argument in call.Arguments)
                {
                    if (Evaluator.Unwrap(argument) is MatrixSelector range)
                    {
                        return range.Selector;
                    }
                }

                return null;
            default:
                return null;
        }
    }

    private static bool HasOneName(VectorSelector selector)
    {
        foreach (Matcher matcher in selector.Matchers)
        {
            if (matcher.Type == MatcherType.Equal && matcher.Name == LabelNames.MetricName)
            {
                return true;
            }
        }

        return false;
    }
}
