namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>A port of an <see cref="EndpointSlice"/>; no number means all ports.</summary>
internal sealed record SlicePort(string? Name, string? Protocol, int? Number, string? AppProtocol);
