namespace AmpEdge.IngestServer.Templates;

/// <summary>A template cannot be read or expanded; the text is in the form of Go's templates.</summary>
internal sealed class TemplateException(string message) : Exception(message);
