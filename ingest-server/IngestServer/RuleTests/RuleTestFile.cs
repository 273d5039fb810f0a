namespace AmpEdge.IngestServer.RuleTests;

/// <summary>A file of unit tests for rules, in the format of <c>promtool test rules</c>.</summary>
internal sealed record RuleTestFile
{
    /// <summary>Patterns of the rule files to test, relative to the folder of this file.</summary>
    public IReadOnlyList<string> RuleFiles { get; init; } = [];

    /// <summary>How often the rules are evaluated.</summary>
    public TimeSpan EvaluationInterval { get; init; }

    /// <summary>Groups that are evaluated in this order; others come first.</summary>
    public IReadOnlyList<string> GroupOrder { get; init; } = [];

    /// <summary>Numbers that are neighbours count as equal.</summary>
    public bool FuzzyCompare { get; init; }

    public IReadOnlyList<RuleTest> Tests { get; init; } = [];
}
