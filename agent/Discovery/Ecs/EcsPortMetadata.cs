namespace AmpEdge.Agent.Discovery;

/// <summary>A port that a container of the own task exposes.</summary>
internal sealed record EcsPortMetadata(int? ContainerPort, string? Protocol);
