namespace AmpEdge.PromQL;

/// <summary>What the engine knows about a selection, so that a store may read less. All of it may be ignored.</summary>
/// <param name="StartMs">The first sample time that is looked at, inclusive.</param>
/// <param name="EndMs">The last sample time that is looked at, inclusive.</param>
/// <param name="StepMs">The step of the query or subquery; 0 for one point.</param>
/// <param name="RangeMs">The window of a range selector, or 0.</param>
/// <param name="Function">The function or aggregation right around the selector, or null.</param>
/// <param name="Limit">The greatest number of series of interest; 0 for all.</param>
/// <param name="Labels">
/// The names of the labels that are looked at, the metric's own among them; null for all. Without the others, label sets may be the
/// same for several series.
/// </param>
public readonly record struct SelectHints(
    long StartMs,
    long EndMs,
    long StepMs = 0,
    long RangeMs = 0,
    string? Function = null,
    int Limit = 0,
    IReadOnlyList<string>? Labels = null);
