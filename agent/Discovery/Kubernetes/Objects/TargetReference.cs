namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>The object that an address belongs to: mostly a pod.</summary>
internal sealed record TargetReference(string Kind, ObjectKey Key);
