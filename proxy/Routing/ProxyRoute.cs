using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Credentials;
using AmpEdge.Proxy.Forwarding;
using Yarp.ReverseProxy.Forwarder;

namespace AmpEdge.Proxy.Routing;

/// <summary>A route that is ready to forward: its settings with what they have become.</summary>
internal sealed class ProxyRoute
{
    public required RouteConfig Config { get; init; }

    public required RouteMatcher Matcher { get; init; }

    public required AccessRule Access { get; init; }

    public required PathRewriter Paths { get; init; }

    public required RouteLimits Limits { get; init; }

    public required RetryPolicy Retries { get; init; }

    public required QueryGuard Guard { get; init; }

    /// <summary>Chooses upstream and signing scope.</summary>
    public required UpstreamResolver Upstreams { get; init; }

    public required RouteCredentials Credentials { get; init; }

    /// <summary>The connections, which other routes may use too.</summary>
    public required UpstreamConnections Connections { get; init; }

    /// <summary>What YARP is told of each of its requests.</summary>
    public required ForwarderRequestConfig ForwarderSettings { get; init; }

    public string Name => Config.Name;
}
