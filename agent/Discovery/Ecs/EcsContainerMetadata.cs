namespace AmpEdge.Agent.Discovery;

/// <summary>A container of the agent's own task.</summary>
internal sealed record EcsContainerMetadata
{
    public string? Name { get; init; }

    public string? Image { get; init; }

    /// <summary>Docker labels, those of ECS itself among them.</summary>
    public Dictionary<string, string?>? Labels { get; init; }

    public string? KnownStatus { get; init; }

    /// <summary><c>NORMAL</c>, or a helper of ECS such as <c>CNI_PAUSE</c>.</summary>
    public string? Type { get; init; }

    public List<EcsContainerNetwork>? Networks { get; init; }

    public List<EcsPortMetadata>? Ports { get; init; }
}
