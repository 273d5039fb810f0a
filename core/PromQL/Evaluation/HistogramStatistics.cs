namespace AmpEdge.PromQL;

/// <summary>
/// The selectors of which only the count and sum of native histograms matter, as <c>histogram_count</c> and its like are
/// around them. Prometheus reads those without buckets, and so has to find counter resets while it reads; what it notices
/// by that, hints that collide in an aggregation, is to be noticed here too.
/// </summary>
internal sealed class HistogramStatistics
{
    private readonly HashSet<VectorSelector> _selectors = new(ReferenceEqualityComparer.Instance);

    public static HistogramStatistics None { get; } = new();

    public static HistogramStatistics Of(Expr expr)
    {
        HistogramStatistics statistics = new();
        statistics.Visit(expr, wanted: false);
        return statistics;
    }

    public bool Contains(VectorSelector selector) => _selectors.Contains(selector);

    private void Visit(Expr expr, bool wanted)
    {
        switch (Evaluator.Unwrap(expr))
        {
            case VectorSelector selector when wanted:
                _selectors.Add(selector);
                break;
            case MatrixSelector selector when wanted:
                _selectors.Add(selector.Selector);
                break;
            case UnaryExpr unary:
                Visit(unary.Operand, wanted);
                break;
            case BinaryExpr binary:
                Visit(binary.Left, wanted);
                Visit(binary.Right, wanted);
                break;
            case AggregateExpr aggregate:
                Visit(aggregate.Inner, wanted);
                break;
            case Call call:
                VisitCall(call, wanted);
                break;
        }

        // What is inside a subquery needs all of a histogram, whatever is around it.
    }

    private void VisitCall(Call call, bool wanted)
    {
        bool needsBuckets = call.Function.Name is "histogram_quantile" or "histogram_quantiles" or "histogram_fraction";
        if (needsBuckets)
        {
            return;
        }

        wanted |= call.Function.Name is "histogram_count" or "histogram_sum" or "histogram_avg";
        foreach (Expr argument in call.Arguments)
        {
            Visit(argument, wanted);
        }
    }
}
