namespace AmpEdge.PromQL;

/// <summary>The <c>offset</c> and <c>@</c> of a selector or subquery, resolved for one query.</summary>
/// <param name="OffsetMs">How far back to look; negative for ahead.</param>
/// <param name="AtMs">The fixed time that the offset counts from; null for each evaluation time.</param>
internal readonly record struct TimeShift(long OffsetMs, long? AtMs)
{
    /// <summary>What the modifiers mean in a query over <paramref name="querySteps"/>.</summary>
    public static TimeShift Resolve(TimeModifiers time, StepRange querySteps)
    {
        long? atMs = time.Anchor switch
        {
            TimeAnchor.Start => querySteps.StartMs,
            TimeAnchor.End => querySteps.EndMs,
            _ => time.TimestampMs,
        };
        return new TimeShift(DurationResolver.Resolve(time.OffsetMs, time.OffsetExpr, querySteps, mayBeNegative: true), atMs);
    }

    /// <summary>The first reference time of some steps.</summary>
    public long FirstMs(StepRange steps) => (AtMs ?? steps.StartMs) - OffsetMs;

    /// <summary>The last reference time of some steps.</summary>
    public long LastMs(StepRange steps) => (AtMs ?? steps.LastMs) - OffsetMs;
}
