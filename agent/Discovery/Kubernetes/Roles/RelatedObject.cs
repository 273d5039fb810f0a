namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>An object, there or not, that a group of targets was made with the help of.</summary>
internal readonly record struct RelatedObject(ResourceKind Kind, ObjectKey Key);
