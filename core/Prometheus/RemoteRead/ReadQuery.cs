namespace AmpEdge.Prometheus;

/// <summary>One query of a remote read request.</summary>
/// <param name="StartMs">The first time of interest.</param>
/// <param name="EndMs">The last one, inclusive.</param>
/// <param name="Matchers">All of them must match.</param>
/// <param name="Function">The function around the selector, as far as the caller told; <c>series</c> wants labels only.</param>
public sealed record ReadQuery(long StartMs, long EndMs, IReadOnlyList<Matcher> Matchers, string Function)
{
    /// <summary>True when the caller looks at label sets and at no sample.</summary>
    public bool WantsLabelsOnly => Function == "series";
}
