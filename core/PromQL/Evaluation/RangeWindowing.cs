namespace AmpEdge.PromQL;

/// <summary>Where the windows of a range selector or subquery lie: each is open at its start and closed at its end.</summary>
/// <param name="Steps">The evaluation times.</param>
/// <param name="RangeMs">How long a window is.</param>
/// <param name="OffsetMs">How long before its reference time a window ends; negative for after.</param>
/// <param name="AtMs">The reference time of every window where <c>@</c> fixes it; else each step is its own.</param>
internal readonly record struct RangeWindowing(StepRange Steps, long RangeMs, long OffsetMs, long? AtMs)
{
    public long EndMs(int step) => (AtMs ?? Steps.At(step)) - OffsetMs;

    /// <summary>The end of the first window.</summary>
    public long FirstEndMs => EndMs(0);

    /// <summary>The end of the last window.</summary>
    public long LastEndMs => EndMs(Steps.Count - 1);
}
