namespace AmpEdge.Proxy.Usage;

/// <summary>How much is remembered; beyond it things are counted and left out.</summary>
internal sealed record UsageBounds
{
    /// <summary>Written metrics of all workspaces; as many names that are read are remembered beside them.</summary>
    public int Metrics { get; init; } = 20_000;

    /// <summary>Patterns of names that are read.</summary>
    public int Patterns { get; init; } = 500;

    public int Workspaces { get; init; } = 64;

    /// <summary>Selectors that read everything, of which examples are kept for each workspace.</summary>
    public int Examples { get; init; } = 16;

    /// <summary>A longer name is not remembered.</summary>
    public int NameBytes { get; init; } = 1_024;
}
