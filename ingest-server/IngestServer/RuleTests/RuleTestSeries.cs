namespace AmpEdge.IngestServer.RuleTests;

/// <summary>A series and its values, as written.</summary>
internal sealed record RuleTestSeries(string Series, string Values);
