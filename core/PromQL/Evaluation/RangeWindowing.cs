namespace AmpEdge.PromQL;

/// <summary>Where the windows of a range selector or subquery lie: each is open at its start and closed at its end.</summary>
/// <param name="Steps">The evaluation times.</param>
/// <param name="RangeMs">How long a window is.</param>
/// <param name="OffsetMs">How long before its reference time a window ends; negative for after.</param>
/// <param name="AtMs">The reference time of every window where <c>@</c> fixes it; else each step is its own.</param>
internal readonly record struct RangeWindowing(StepRange Steps, long RangeMs, long OffsetMs, long? AtMs)
{
    /// <summary>Which samples outside of its bounds a window holds too.</summary>
    public RangeExtension Extension { get; init; }

    /// <summary>How far outside such a sample may lie.</summary>
    public long LookbackMs { get; init; }

    /// <summary>How long before the start of a window its first sample may lie, exclusive.</summary>
    public long ReachBackMs => Extension == RangeExtension.None ? 0 : LookbackMs;

    /// <summary>How long after the end of a window its last sample may lie, inclusive.</summary>
    public long ReachAheadMs => Extension == RangeExtension.Smoothed ? LookbackMs : 0;

    public long EndMs(int step) => (AtMs ?? Steps.At(step)) - OffsetMs;

    /// <summary>The end of the first window.</summary>
    public long FirstEndMs => EndMs(0);

    /// <summary>The end of the last window.</summary>
    public long LastEndMs => EndMs(Steps.Count - 1);
}
