namespace AmpEdge.PromQL;

/// <summary>The evaluation times of a query or subquery: start, start + step, … up to and including the end.</summary>
public readonly record struct StepRange(long StartMs, long EndMs, long StepMs)
{
    /// <summary>The steps of an instant query: there is one, and a step width has no meaning.</summary>
    public bool IsInstant { get; private init; }

    /// <summary>How many times there are; none when the end lies before the start.</summary>
    public int Count => (int)LongCount;

    /// <summary>The same, before it is known that columns of that length are possible.</summary>
    public long LongCount => EndMs < StartMs ? 0 : ((EndMs - StartMs) / StepMs) + 1;

    /// <summary>One evaluation time.</summary>
    public static StepRange Instant(long timeMs) => new(timeMs, timeMs, 1) { IsInstant = true };

    /// <summary>The last of the times, which the end may not be.</summary>
    public long LastMs => StartMs + ((LongCount - 1) * StepMs);

    /// <summary>The times at which the inner expression of a subquery is evaluated, where the subquery is at these.</summary>
    /// <param name="subquery">With its range, step, offset and <c>@</c>.</param>
    /// <param name="query">The times of the whole query, which <c>@ start()</c> and <c>@ end()</c> refer to.</param>
    /// <param name="options">Has the step of a subquery that names none.</param>
    public StepRange Inside(SubqueryExpr subquery, StepRange query, EngineOptions options) =>
        SubqueryEvaluator.InnerSteps(subquery, this, query, options);

    public long At(int step) => StartMs + (step * StepMs);

    public long[] ToTimestamps()
    {
        long[] timestamps = new long[Count];
        for (int step = 0; step < timestamps.Length; step++)
        {
            timestamps[step] = At(step);
        }

        return timestamps;
    }
}
