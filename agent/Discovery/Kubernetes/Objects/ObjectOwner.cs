namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>The controller that owns an object.</summary>
internal sealed record ObjectOwner(string Kind, string Name);
