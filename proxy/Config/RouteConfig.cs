namespace AmpEdge.Proxy.Config;

/// <summary>Which requests go where, signed with what.</summary>
internal sealed record RouteConfig
{
    /// <summary>Shown in logs and metrics.</summary>
    public string Name { get; init; } = "default";

    public MatchConfig Match { get; init; } = new();

    public UpstreamConfig Upstream { get; init; } = new();

    public SigningConfig Signing { get; init; } = new();

    /// <summary>What is done to the headers and query of a request before it is signed.</summary>
    public RequestRules Headers { get; init; } = new();

    public TimeoutsConfig Timeouts { get; init; } = new();

    public LimitsConfig Limits { get; init; } = new();
}
