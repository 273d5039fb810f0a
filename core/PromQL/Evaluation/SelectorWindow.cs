namespace AmpEdge.PromQL;

/// <summary>The reference times of an instant selector: which sample is the value at a step.</summary>
/// <param name="Steps">The evaluation times.</param>
/// <param name="OffsetMs">How long before the evaluation time a reference time lies; negative for after.</param>
/// <param name="AtMs">The time that <c>@</c> fixes, before the offset.</param>
/// <param name="LookbackMs">How old a sample may be, exclusive.</param>
internal readonly record struct SelectorWindow(StepRange Steps, long OffsetMs, long? AtMs, long LookbackMs)
{
    /// <summary>The first reference time.</summary>
    public long FirstMs => ReferenceMs(0);

    /// <summary>The last reference time.</summary>
    public long LastMs => ReferenceMs(Steps.Count - 1);

    public long ReferenceMs(int step) => (AtMs ?? Steps.At(step)) - OffsetMs;
}
