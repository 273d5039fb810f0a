namespace AmpEdge.Agent.Discovery;

/// <summary>A port that a container's definition declares. Ranges of ports have no number.</summary>
internal sealed record EcsPortMapping(int? ContainerPort, int? HostPort, string? Protocol, string? Name);
