namespace AmpEdge.Agent.Discovery;

/// <summary>What the operations answer; each fills its own properties.</summary>
internal sealed record EcsAnswer
{
    public List<string>? ClusterArns { get; init; }

    public List<string>? TaskArns { get; init; }

    public List<EcsCluster>? Clusters { get; init; }

    public List<EcsService>? Services { get; init; }

    public List<EcsTask>? Tasks { get; init; }

    public List<EcsContainerInstance>? ContainerInstances { get; init; }

    public EcsTaskDefinition? TaskDefinition { get; init; }

    public string? NextToken { get; init; }
}
