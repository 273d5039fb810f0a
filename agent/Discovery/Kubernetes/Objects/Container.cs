namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>A container of a pod.</summary>
/// <param name="Name">The name within the pod.</param>
/// <param name="Image">As the pod asks for it.</param>
/// <param name="Id">With the runtime before it, <c>containerd://…</c>; empty before it was started.</param>
/// <param name="IsInit">True for init containers, those that stay (sidecars) among them.</param>
/// <param name="Ports">As declared; may be none.</param>
internal sealed record Container(string Name, string Image, string Id, bool IsInit, ContainerPort[] Ports);
