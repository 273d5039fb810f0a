namespace AmpEdge.PromQL;

/// <summary>
/// Evaluates the inner expression of a subquery once, over all inner steps that any window of the outer steps needs.
/// Inner steps are multiples of the inner step width, whatever the query's start.
/// </summary>
internal static class SubqueryEvaluator
{
    public static RangeSource Evaluate(SubqueryExpr subquery, Evaluator outer)
    {
        EvaluationContext context = outer.Context;
        StepRange innerSteps = InnerSteps(subquery, outer.Steps, context.Steps, context.Options);
        if (!context.Budget.Allows(innerSteps.LongCount))
        {
            QueryBudget.ThrowTooMany();
        }

        TimeShift shift = TimeShift.Resolve(subquery.Time, context.Steps);
        long rangeMs = DurationResolver.Resolve(subquery.RangeMs, subquery.RangeExpr, context.Steps);
        RangeWindowing windowing = new(outer.Steps, rangeMs, shift.OffsetMs, shift.AtMs);
        SeriesMatrix inner = innerSteps.Count == 0
            ? new SeriesMatrix(0)
            : MergingMatrix.From(new Evaluator(context, innerSteps).EvaluateVector(subquery.Inner), innerSteps.Count);
        return new SubquerySource(inner, innerSteps, windowing);
    }

    /// <summary>The times at which the inner expression is evaluated.</summary>
    public static StepRange InnerSteps(
        SubqueryExpr subquery, StepRange outerSteps, StepRange querySteps, EngineOptions options)
    {
        TimeShift shift = TimeShift.Resolve(subquery.Time, querySteps);
        long rangeMs = DurationResolver.Resolve(subquery.RangeMs, subquery.RangeExpr, querySteps);
        long stepMs = DurationResolver.Resolve(subquery.StepMs, subquery.StepExpr, querySteps);
        if (stepMs == 0)
        {
            stepMs = (long)options.DefaultSubqueryStep.TotalMilliseconds;
        }

        // The window is open at its start, so the first inner step comes after it.
        long windowStartMs = shift.FirstMs(outerSteps) - rangeMs;
        long startMs = stepMs * (windowStartMs / stepMs);
        if (startMs <= windowStartMs)
        {
            startMs += stepMs;
        }

        return new StepRange(startMs, shift.LastMs(outerSteps), stepMs);
    }
}
