namespace AmpEdge.Proxy.Config;

/// <summary>What connections to upstreams are like; routes with equal ones share a pool.</summary>
internal sealed record ConnectionConfig(TimeSpan ConnectTimeout, TimeSpan IdleTimeout, bool VerifyTls)
{
    public static ConnectionConfig Of(RouteConfig route) =>
        new(route.Timeouts.Connect, route.Timeouts.IdleConnection, route.Upstream.VerifyTls);
}
