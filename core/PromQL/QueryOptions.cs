namespace AmpEdge.PromQL;

/// <summary>What one query may set for itself.</summary>
public sealed record QueryOptions
{
    public static QueryOptions Default { get; } = new();

    /// <summary>The lookback of this query; null or zero for the engine's.</summary>
    public TimeSpan? LookbackDelta { get; init; }

    /// <summary>The time-out of this query; the engine's holds when it is shorter.</summary>
    public TimeSpan? Timeout { get; init; }
}
