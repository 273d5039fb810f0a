namespace AmpEdge.Proxy.Config;

/// <summary>
/// Listeners and routes: what a configuration file holds and what the flags are a short way to write. Replaced whole by a
/// reload.
/// </summary>
internal sealed record ProxyConfig
{
    /// <summary>Where callers connect; at least one.</summary>
    public IReadOnlyList<ListenerConfig> Listeners { get; init; } = [];

    /// <summary>Where requests go, in the order in which they are tried.</summary>
    public IReadOnlyList<RouteConfig> Routes { get; init; } = [];

    /// <summary>What routes may name in place of an upstream.</summary>
    public IReadOnlyList<VirtualWorkspaceConfig> VirtualWorkspaces { get; init; } = [];

    public LocalAnswersConfig LocalAnswers { get; init; } = new();

    public AccessLogConfig AccessLog { get; init; } = new();

    /// <summary>Whether it is counted which metrics are written and which are read. A reload changes prices, files and times of it.</summary>
    public UsageConfig Usage { get; init; } = new();
}
