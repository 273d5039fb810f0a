namespace AmpEdge.Agent.Discovery;

/// <summary>The parameters of the operations that discovery asks for; those that are null are not sent.</summary>
internal sealed record EcsQuestion
{
    public string? Cluster { get; init; }

    public IReadOnlyList<string>? Clusters { get; init; }

    public IReadOnlyList<string>? Services { get; init; }

    public IReadOnlyList<string>? Tasks { get; init; }

    public IReadOnlyList<string>? ContainerInstances { get; init; }

    public string? TaskDefinition { get; init; }

    public string? ServiceName { get; init; }

    public IReadOnlyList<string>? Include { get; init; }

    public string? NextToken { get; init; }

    public int? MaxResults { get; init; }
}
