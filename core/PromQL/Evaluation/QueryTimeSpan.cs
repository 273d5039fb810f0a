namespace AmpEdge.PromQL;

/// <summary>The earliest and latest sample times that any selector of a query looks at.</summary>
public readonly record struct QueryTimeSpan(long MinMs, long MaxMs)
{
    private static QueryTimeSpan Nothing => new(long.MaxValue, long.MinValue);

    /// <summary>The span of an expression evaluated at some steps; the evaluation times when it selects nothing.</summary>
    public static QueryTimeSpan Of(Expr expr, StepRange steps, EngineOptions options)
    {
        QueryTimeSpan span = Of(expr, steps, steps, options);
        return span.MinMs > span.MaxMs ? new QueryTimeSpan(steps.StartMs, steps.EndMs) : span;
    }

    private static QueryTimeSpan Of(Expr expr, StepRange steps, StepRange querySteps, EngineOptions options)
    {
        long lookbackMs = (long)options.LookbackDelta.TotalMilliseconds;
        switch (Evaluator.Unwrap(expr))
        {
            case VectorSelector selector:
                long aheadMs = selector.Smoothed ? lookbackMs : 0;
                return Selected(TimeShift.Resolve(selector.Time, querySteps), lookbackMs, aheadMs, steps);
            case MatrixSelector selector:
                return SelectedRange(selector, lookbackMs, steps, querySteps);
            case SubqueryExpr subquery:
                StepRange inner = SubqueryEvaluator.InnerSteps(subquery, steps, querySteps, options);
                return inner.LongCount == 0 ? Nothing : Of(subquery.Inner, inner, querySteps, options);
            case UnaryExpr unary:
                return Of(unary.Operand, steps, querySteps, options);
            case BinaryExpr binary:
                return Of(binary.Left, steps, querySteps, options) | Of(binary.Right, steps, querySteps, options);
            case AggregateExpr aggregate:
                QueryTimeSpan span = Of(aggregate.Inner, steps, querySteps, options);
                return aggregate.Parameter is { } parameter ? span | Of(parameter, steps, querySteps, options) : span;
            case Call call:
                return OfArguments(call, steps, querySteps, options);
            default:
                return Nothing;
        }
    }

    public static QueryTimeSpan operator |(QueryTimeSpan left, QueryTimeSpan right) =>
        new(Math.Min(left.MinMs, right.MinMs), Math.Max(left.MaxMs, right.MaxMs));

    private static QueryTimeSpan OfArguments(Call call, StepRange steps, StepRange querySteps, EngineOptions options)
    {
        QueryTimeSpan span = Nothing;
        if (call.Function.Name == "info")
        {
            // The second argument selects labels; info series are read as of the samples of the first.
            long lookbackMs = (long)options.LookbackDelta.TotalMilliseconds;
            SelectorWindow infos = InfoTimes.Of(call.Arguments[0], steps, querySteps, lookbackMs);
            span = new QueryTimeSpan(infos.FirstMs - lookbackMs + 1, infos.LastMs);
            return span | Of(call.Arguments[0], steps, querySteps, options);
        }

        foreach (Expr argument in call.Arguments)
        {
            span |= Of(argument, steps, querySteps, options);
        }

        return span;
    }

    private static QueryTimeSpan SelectedRange(
        MatrixSelector selector, long lookbackMs, StepRange steps, StepRange querySteps)
    {
        RangeExtension extension = RangeExtensions.Of(selector.Selector);
        long rangeMs = DurationResolver.Resolve(selector.RangeMs, selector.RangeExpr, querySteps);
        return Selected(
            TimeShift.Resolve(selector.Selector.Time, querySteps),
            rangeMs + (extension == RangeExtension.None ? 0 : lookbackMs),
            extension == RangeExtension.Smoothed ? lookbackMs : 0,
            steps);
    }

    private static QueryTimeSpan Selected(TimeShift shift, long reachMs, long aheadMs, StepRange steps) =>
        new(shift.FirstMs(steps) - reachMs + 1, shift.LastMs(steps) + aheadMs);
}
