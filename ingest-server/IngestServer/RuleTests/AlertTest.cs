namespace AmpEdge.IngestServer.RuleTests;

/// <summary>Which alerts of a name fire at a time.</summary>
/// <param name="EvalTime">After the start of the test.</param>
/// <param name="AlertName">The rules concerned.</param>
/// <param name="Expected">All that fire.</param>
internal sealed record AlertTest(TimeSpan EvalTime, string AlertName, IReadOnlyList<ExpectedAlert> Expected);
