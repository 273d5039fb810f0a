using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Selects series from the store, for instant and range selectors.</summary>
internal static class SelectorEvaluator
{
    /// <summary>An instant selector.</summary>
    public static SeriesStream SelectVector(VectorSelector selector, Evaluator evaluator, bool wantTimestamps)
    {
        EvaluationContext context = evaluator.Context;
        bool smoothed = selector.Smoothed && !wantTimestamps;
        TimeShift shift = TimeShift.Resolve(selector.Time, context.Steps);
        SelectorWindow window = new(evaluator.Steps, shift.OffsetMs, shift.AtMs, context.LookbackMs);
        SelectHints hints = new(
            shift.FirstMs(evaluator.Steps) - context.LookbackMs + 1,
            shift.LastMs(evaluator.Steps) + (smoothed ? context.LookbackMs : 0),
            evaluator.Steps.Count > 1 ? evaluator.Steps.StepMs : 0,
            Labels: context.Labels.For(selector));
        ISeriesSet series = Select(selector, in hints, context);
        bool detectsResets = context.Statistics.Contains(selector);
        return smoothed
            ? new SmoothedSelectorStream(series, window, NamesVary(selector, context), context)
            {
                DetectsResets = detectsResets,
                Position = selector.Position.Start,
            }
            : new VectorSelectorStream(series, window, NamesVary(selector, context), wantTimestamps, context)
            {
                DetectsResets = detectsResets,
            };
    }

    /// <summary>A range selector.</summary>
    public static RangeSource SelectRange(MatrixSelector selector, Evaluator evaluator)
    {
        EvaluationContext context = evaluator.Context;
        TimeShift shift = TimeShift.Resolve(selector.Selector.Time, context.Steps);
        long rangeMs = DurationResolver.Resolve(selector.RangeMs, selector.RangeExpr, context.Steps);
        RangeWindowing windowing = new(evaluator.Steps, rangeMs, shift.OffsetMs, shift.AtMs)
        {
            Extension = RangeExtensions.Of(selector.Selector),
            LookbackMs = context.LookbackMs,
        };
        SelectHints hints = new(
            windowing.FirstEndMs - rangeMs - windowing.ReachBackMs + 1,
            windowing.LastEndMs + windowing.ReachAheadMs,
            evaluator.Steps.Count > 1 ? evaluator.Steps.StepMs : 0,
            rangeMs,
            Labels: context.Labels.For(selector.Selector));
        ISeriesSet series = Select(selector.Selector, in hints, context);
        return new MatrixSelectorSource(series, windowing, NamesVary(selector.Selector, context), context)
        {
            DetectsResets = context.Statistics.Contains(selector.Selector),
        };
    }

    private static ISeriesSet Select(VectorSelector selector, in SelectHints hints, EvaluationContext context) =>
        Select(selector.Matchers, in hints, context);

    /// <summary>Series by matchers of one's own; the query disposes of them.</summary>
    public static ISeriesSet Select(IReadOnlyList<Matcher> matchers, in SelectHints hints, EvaluationContext context)
    {
        context.ThrowIfStopped();
        ISeriesSet series = context.Querier.Select(in hints, matchers, context.Stop);
        return context.Own(context.Readers > 0 ? new ReadAheadSeriesSet(series, context.Readers) : series);
    }

    /// <summary>
    /// Only a matcher that fixes the name makes sure that all selected series have the same one; types and units, which go
    /// with the name, no matcher fixes.
    /// </summary>
    private static bool NamesVary(VectorSelector selector, EvaluationContext context)
    {
        if (context.Options.TypeAndUnitLabels)
        {
            return true;
        }

        foreach (Matcher matcher in selector.Matchers)
        {
            if (matcher.Type == MatcherType.Equal && matcher.Name == LabelNames.MetricName)
            {
                return false;
            }
        }

        return true;
    }
}
