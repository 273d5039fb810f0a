namespace AmpEdge.IngestServer.Templates;

/// <summary>One series of a query in a template: <c>.Labels</c> and <c>.Value</c>.</summary>
internal sealed record TemplateSample(SortedDictionary<string, string> Labels, object Value);
