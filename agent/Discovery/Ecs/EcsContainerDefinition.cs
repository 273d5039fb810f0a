namespace AmpEdge.Agent.Discovery;

/// <summary>A container of a task definition.</summary>
internal sealed record EcsContainerDefinition(
    string? Name, string? Image, Dictionary<string, string?>? DockerLabels, List<EcsPortMapping>? PortMappings);
