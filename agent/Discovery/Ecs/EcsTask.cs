namespace AmpEdge.Agent.Discovery;

/// <summary>A task as DescribeTasks gives it, as far as targets need it.</summary>
internal sealed record EcsTask
{
    public string? TaskArn { get; init; }

    public string? ClusterArn { get; init; }

    public string? TaskDefinitionArn { get; init; }

    /// <summary><c>service:NAME</c> for tasks of services, else often <c>family:NAME</c>.</summary>
    public string? Group { get; init; }

    public string? LaunchType { get; init; }

    public string? AvailabilityZone { get; init; }

    public string? DesiredStatus { get; init; }

    public string? LastStatus { get; init; }

    public string? HealthStatus { get; init; }

    public string? PlatformFamily { get; init; }

    public string? PlatformVersion { get; init; }

    /// <summary>The machine that it runs on; absent on Fargate.</summary>
    public string? ContainerInstanceArn { get; init; }

    public List<EcsAttachment>? Attachments { get; init; }

    public List<EcsContainer>? Containers { get; init; }

    public List<EcsTag>? Tags { get; init; }

    /// <summary>The name of its service, or null.</summary>
    public string? ServiceName =>
        Group is { } group && group.StartsWith("service:", StringComparison.Ordinal) ? group["service:".Length..] : null;

    /// <summary>A property of its network interface; null outside of awsvpc mode.</summary>
    public string? InterfaceDetail(string name)
    {
        EcsAttachment? attachment = Attachments?.Find(static known => known is { Type: "ElasticNetworkInterface" });
        return attachment?.Details?.Find(detail => detail?.Name == name)?.Value;
    }
}
