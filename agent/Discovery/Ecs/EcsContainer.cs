namespace AmpEdge.Agent.Discovery;

/// <summary>A container of a task as DescribeTasks gives it.</summary>
internal sealed record EcsContainer(string? Name, string? LastStatus, List<EcsNetworkBinding>? NetworkBindings);
