namespace AmpEdge.IngestServer.Templates;

/// <summary>A template that was read, with the templates that it defines.</summary>
internal sealed record TemplateTree(
    string Name, IReadOnlyList<TemplateNode> Body, IReadOnlyDictionary<string, IReadOnlyList<TemplateNode>> Definitions);
