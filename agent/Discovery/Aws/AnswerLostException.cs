namespace AmpEdge.Agent.Discovery;

/// <summary>A request was not answered, or the answer came cut or malformed: the next try may fare better.</summary>
internal sealed class AnswerLostException(string message, Exception? inner = null) : DiscoveryException(message, inner);
