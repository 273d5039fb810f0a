namespace AmpEdge.IngestServer.Templates;

/// <summary>What the template of an alert knows: <c>.Labels</c>, <c>.ExternalLabels</c>, <c>.ExternalURL</c>, <c>.Value</c>.</summary>
/// <param name="Labels">Those of the series of the result.</param>
/// <param name="ExternalLabels">Those of the server.</param>
/// <param name="ExternalUrl">Where the server is reached from outside.</param>
/// <param name="Value">A number, or a native histogram.</param>
internal sealed record AlertTemplateContext(
    SortedDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string> ExternalLabels,
    string ExternalUrl,
    object Value);
