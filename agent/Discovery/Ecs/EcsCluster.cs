namespace AmpEdge.Agent.Discovery;

/// <summary>A cluster as DescribeClusters gives it, as far as labels need it.</summary>
internal sealed record EcsCluster(string? ClusterArn, string? ClusterName, List<EcsTag>? Tags);
