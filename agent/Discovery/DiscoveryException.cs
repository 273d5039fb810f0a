namespace AmpEdge.Agent.Discovery;

/// <summary>A target source answered, and the answer is of no use. The message says which source and what is wrong.</summary>
internal class DiscoveryException(string message, Exception? inner = null) : Exception(message, inner);
