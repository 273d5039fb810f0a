namespace AmpEdge.IngestServer.Rules;

/// <summary>The rule that failed in an evaluation, and why.</summary>
internal sealed record RuleFailure(string Rule, string Problem);
