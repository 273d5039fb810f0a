namespace AmpEdge.Agent.Discovery;

/// <summary>A port of a running container as it is bound on its machine. Ranges of ports have neither number.</summary>
internal sealed record EcsNetworkBinding(int? ContainerPort, int? HostPort, string? Protocol);
