namespace AmpEdge.IngestServer.Templates;

/// <summary>One word of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As it counts: a string without its quotes, a field without its dot.</param>
/// <param name="Line">Where it stands, from 1.</param>
/// <param name="AfterSpace">White space stands before it: <c>.a.b</c> is one operand, <c>.a .b</c> are two.</param>
internal readonly record struct TemplateToken(TemplateTokenKind Kind, string Text, int Line, bool AfterSpace);
