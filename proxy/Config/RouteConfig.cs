using AmpEdge.Prometheus;

namespace AmpEdge.Proxy.Config;

/// <summary>Which requests go where, signed with what.</summary>
internal sealed record RouteConfig
{
    /// <summary>Shown in logs and metrics.</summary>
    public string Name { get; init; } = "default";

    public MatchConfig Match { get; init; } = new();

    public UpstreamConfig Upstream { get; init; } = new();

    /// <summary>The virtual workspace that answers in place of an upstream; null when there is an upstream.</summary>
    public string? VirtualWorkspace { get; init; }

    /// <summary>Paths that name no workspace are made to name this one; empty: they stay as they are.</summary>
    public string Workspace { get; init; } = "";

    public RouteAccess Access { get; init; }

    /// <summary>
    /// The paths that may be asked for, as callers send them; <c>*</c> stands for one segment, a last <c>**</c> for all that
    /// follows. Empty: all.
    /// </summary>
    public IReadOnlyList<string> AllowPaths { get; init; } = [];

    /// <summary>The first that matches is applied, before the workspace is.</summary>
    public IReadOnlyList<PathRewriteConfig> PathRewrites { get; init; } = [];

    /// <summary>Who may call by this route, beside what its listener asks for.</summary>
    public CallerConfig Caller { get; init; } = new();

    public SigningConfig Signing { get; init; } = new();

    /// <summary>What is done to the headers and query of a request before it is signed.</summary>
    public RequestRules Headers { get; init; } = new();

    public TimeoutsConfig Timeouts { get; init; } = new();

    public LimitsConfig Limits { get; init; } = new();

    public RetriesConfig Retries { get; init; } = new();

    public QueryGuardConfig QueryGuard { get; init; } = new();

    /// <summary>Applied to the series of remote writes; empty: writes go on as they are.</summary>
    public IReadOnlyList<RelabelRule> WriteRelabelRules { get; init; } = [];

    /// <summary>Null: every read is asked of the upstream.</summary>
    public ReadCacheConfig? Cache { get; init; }

    /// <summary>True when not all of an upstream may be reached: paths must then be what they look like.</summary>
    public bool IsConfined =>
        Workspace.Length > 0 || Access != RouteAccess.ReadWrite || AllowPaths.Count > 0 || PathRewrites.Count > 0
        || Match.PathPrefix.Length > 0;
}
