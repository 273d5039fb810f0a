namespace AmpEdge.Agent.Discovery;

/// <summary>A revision of a task definition; never changes once registered.</summary>
internal sealed record EcsTaskDefinition(
    string? Family, int? Revision, string? NetworkMode, List<EcsContainerDefinition>? ContainerDefinitions);
