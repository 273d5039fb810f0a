namespace AmpEdge.PromQL;

/// <summary>What one query may set for itself.</summary>
public sealed record QueryOptions
{
    public static QueryOptions Default { get; } = new();

    /// <summary>The lookback of this query; null or zero for the engine's.</summary>
    public TimeSpan? LookbackDelta { get; init; }

    /// <summary>The time-out of this query; the engine's holds when it is shorter.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// The query fails once it has looked at more samples than this, as <see cref="QueryStatistics.TotalQueryableSamples"/>
    /// counts them; null for no bound.
    /// </summary>
    public long? MaxSamplesProcessed { get; init; }

    /// <summary>Whether samples are also counted by step (<see cref="QueryStatistics.SamplesPerStep"/>).</summary>
    public bool CountSamplesPerStep { get; init; }
}
