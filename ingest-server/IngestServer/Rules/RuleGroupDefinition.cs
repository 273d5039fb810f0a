namespace AmpEdge.IngestServer.Rules;

/// <summary>Rules that are evaluated together, one after the other, at one interval.</summary>
internal sealed record RuleGroupDefinition
{
    public required string Name { get; init; }

    /// <summary>How often to evaluate; null for the default of whoever does.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>How far back in time to evaluate; null for the default.</summary>
    public TimeSpan? QueryOffset { get; init; }

    /// <summary>The most series that a rule may give, or alerts that it may have; 0 for any number.</summary>
    public int Limit { get; init; }

    public IReadOnlyList<RuleDefinition> Rules { get; init; } = [];
}
