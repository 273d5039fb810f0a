namespace AmpEdge.IngestServer.RuleTests;

/// <summary>One test: series, and what alerts and expressions give over time.</summary>
internal sealed record RuleTest
{
    /// <summary>May be empty.</summary>
    public string Name { get; init; } = "";

    /// <summary>The time between the values of the series; null for the evaluation interval.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>When the test begins, in milliseconds since the epoch.</summary>
    public long StartMs { get; init; }

    public IReadOnlyList<RuleTestSeries> Series { get; init; } = [];

    public IReadOnlyList<AlertTest> Alerts { get; init; } = [];

    public IReadOnlyList<ExpressionTest> Expressions { get; init; } = [];

    public IReadOnlyDictionary<string, string> ExternalLabels { get; init; } = new Dictionary<string, string>();

    public string ExternalUrl { get; init; } = "";
}
