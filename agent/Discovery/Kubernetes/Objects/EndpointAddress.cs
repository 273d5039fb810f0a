namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>An address of <see cref="Endpoints"/>.</summary>
internal sealed record EndpointAddress(string IP, string Hostname, string? NodeName, TargetReference? Target);
