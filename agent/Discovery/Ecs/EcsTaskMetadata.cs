using System.Text.Json.Serialization;

namespace AmpEdge.Agent.Discovery;

/// <summary>What the task metadata endpoint, version 4, says of the task that the agent runs in.</summary>
internal sealed record EcsTaskMetadata
{
    /// <summary>The cluster's ARN, or its name on older agents of ECS.</summary>
    public string? Cluster { get; init; }

    public string? ServiceName { get; init; }

    [JsonPropertyName("TaskARN")]
    public string? TaskArn { get; init; }

    public string? Family { get; init; }

    /// <summary>The revision of the definition, as text.</summary>
    public string? Revision { get; init; }

    public string? DesiredStatus { get; init; }

    public string? KnownStatus { get; init; }

    public string? AvailabilityZone { get; init; }

    public string? LaunchType { get; init; }

    public List<EcsContainerMetadata>? Containers { get; init; }
}
