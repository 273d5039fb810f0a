using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Selects series from the store, for instant and range selectors.</summary>
internal static class SelectorEvaluator
{
    /// <summary>An instant selector.</summary>
    public static SeriesStream SelectVector(VectorSelector selector, Evaluator evaluator, bool wantTimestamps)
    {
        RefuseEdgeSampling(selector);
        EvaluationContext context = evaluator.Context;
        TimeShift shift = TimeShift.Resolve(selector.Time, context.Steps);
        SelectorWindow window = new(evaluator.Steps, shift.OffsetMs, shift.AtMs, context.LookbackMs);
        SelectHints hints = new(
            shift.FirstMs(evaluator.Steps) - context.LookbackMs + 1,
            shift.LastMs(evaluator.Steps),
            evaluator.Steps.Count > 1 ? evaluator.Steps.StepMs : 0);
        ISeriesSet series = Select(selector, in hints, context);
        return new VectorSelectorStream(series, window, NamesVary(selector), wantTimestamps, context);
    }

    /// <summary>A range selector.</summary>
    public static RangeSource SelectRange(MatrixSelector selector, Evaluator evaluator)
    {
        RefuseEdgeSampling(selector.Selector);
        EvaluationContext context = evaluator.Context;
        TimeShift shift = TimeShift.Resolve(selector.Selector.Time, context.Steps);
        long rangeMs = DurationResolver.Resolve(selector.RangeMs, selector.RangeExpr, context.Steps);
        SelectHints hints = new(
            shift.FirstMs(evaluator.Steps) - rangeMs + 1,
            shift.LastMs(evaluator.Steps),
            evaluator.Steps.Count > 1 ? evaluator.Steps.StepMs : 0,
            rangeMs);
        ISeriesSet series = Select(selector.Selector, in hints, context);
        RangeWindowing windowing = new(evaluator.Steps, rangeMs, shift.OffsetMs, shift.AtMs);
        return new MatrixSelectorSource(series, windowing, NamesVary(selector.Selector), context);
    }

    private static ISeriesSet Select(VectorSelector selector, in SelectHints hints, EvaluationContext context)
    {
        context.ThrowIfStopped();
        return context.Own(context.Querier.Select(in hints, selector.Matchers, context.Stop));
    }

    /// <summary>Only a matcher that fixes the name makes sure that all selected series have the same one.</summary>
    private static bool NamesVary(VectorSelector selector)
    {
        foreach (Matcher matcher in selector.Matchers)
        {
            if (matcher.Type == MatcherType.Equal && matcher.Name == LabelNames.MetricName)
            {
                return false;
            }
        }

        return true;
    }

    private static void RefuseEdgeSampling(VectorSelector selector)
    {
        if (selector.Anchored || selector.Smoothed)
        {
            throw Unsupported.Feature(selector.Anchored ? "the modifier anchored" : "the modifier smoothed");
        }
    }
}
