namespace AmpEdge.IngestServer.Rules;

/// <summary>A rule was evaluated and has no result that can be used; the text is Prometheus's.</summary>
internal sealed class RuleFailedException(string message, Exception? cause = null) : Exception(message, cause);
