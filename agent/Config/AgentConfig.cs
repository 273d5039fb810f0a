using AmpEdge.Hosting;

namespace AmpEdge.Agent.Config;

/// <summary>A whole <c>prometheus.yml</c> as the agent uses it. Immutable; a reload makes a new one.</summary>
internal sealed record AgentConfig
{
    /// <summary>The file that it was read from, as the flag named it.</summary>
    public required string File { get; init; }

    public GlobalConfig Global { get; init; } = new();

    /// <summary>Those of the file itself and of <c>scrape_config_files</c>, with the global values filled in.</summary>
    public IReadOnlyList<ScrapeConfig> ScrapeConfigs { get; init; } = [];

    /// <summary>The patterns of further files, as written.</summary>
    public IReadOnlyList<string> ScrapeConfigFiles { get; init; } = [];

    public IReadOnlyList<RemoteWriteConfig> RemoteWrites { get; init; } = [];
}
