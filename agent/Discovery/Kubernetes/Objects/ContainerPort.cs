namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>A port that a container declares. The name may be empty.</summary>
internal readonly record struct ContainerPort(string Name, int Number, string Protocol);
