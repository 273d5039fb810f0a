namespace AmpEdge.IngestServer.RuleTests;

/// <summary>What an expression gives at a time.</summary>
/// <param name="Expression">As written.</param>
/// <param name="EvalTime">After the start of the test.</param>
/// <param name="Expected">All its samples.</param>
internal sealed record ExpressionTest(string Expression, TimeSpan EvalTime, IReadOnlyList<ExpectedSample> Expected);
