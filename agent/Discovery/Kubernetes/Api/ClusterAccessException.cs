namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>There is no way into the cluster yet: what the configuration or the machine should say is missing or wrong.</summary>
internal sealed class ClusterAccessException(string message) : Exception(message);
