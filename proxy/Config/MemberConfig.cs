namespace AmpEdge.Proxy.Config;

/// <summary>One workspace of a virtual workspace.</summary>
internal sealed record MemberConfig
{
    /// <summary>The value of the workspace label.</summary>
    public string Name { get; init; } = "";

    public UpstreamConfig Upstream { get; init; } = new();

    /// <summary>What stands before <c>/api/v1</c>: <c>/workspaces/ws-…</c>, another prefix, or nothing.</summary>
    public string BasePath { get; init; } = "";

    public SigningConfig Signing { get; init; } = new();

    /// <summary>As a route, which has signer, credentials and connections by the same rules.</summary>
    public RouteConfig AsRoute(string virtualWorkspace) =>
        new() { Name = $"{virtualWorkspace}/{Name}", Upstream = Upstream, Signing = Signing };
}
