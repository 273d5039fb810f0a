namespace AmpEdge.IngestServer.RuleTests;

/// <summary>A sample of an expression, as written.</summary>
/// <param name="Labels">A series; empty for no labels.</param>
/// <param name="Value">Its number.</param>
/// <param name="Histogram">Its native histogram; empty for none.</param>
internal sealed record ExpectedSample(string Labels, double Value, string Histogram);
