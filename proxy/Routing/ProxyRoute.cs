using AmpEdge.Proxy.Caching;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Credentials;
using AmpEdge.Proxy.FanOut;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.Proxy.Listening;
using AmpEdge.Proxy.WriteFiltering;
using Yarp.ReverseProxy.Forwarder;

namespace AmpEdge.Proxy.Routing;

/// <summary>A route that is ready to forward: its settings with what they have become.</summary>
internal sealed class ProxyRoute
{
    public required RouteConfig Config { get; init; }

    public required RouteMatcher Matcher { get; init; }

    /// <summary>Null: whoever reaches the listener may call.</summary>
    public required CallerCheck? Caller { get; init; }

    public required AccessRule Access { get; init; }

    public required PathRewriter Paths { get; init; }

    public required RouteLimits Limits { get; init; }

    public required RetryPolicy Retries { get; init; }

    public required QueryGuard Guard { get; init; }

    /// <summary>Null for a route whose writes go on as they are.</summary>
    public RouteWriteFilter? WriteFilter { get; init; }

    /// <summary>Null for a route whose reads are all asked of the upstream.</summary>
    public ReadCache? Cache { get; init; }

    /// <summary>What answers in place of an upstream; null when there is an upstream, and only then what follows is there.</summary>
    public VirtualWorkspace? Virtual { get; init; }

    /// <summary>Chooses upstream and signing scope.</summary>
    public UpstreamResolver Upstreams
    {
        get => field ?? throw NoUpstream();
        init;
    }

    public RouteCredentials Credentials
    {
        get => field ?? throw NoUpstream();
        init;
    }

    /// <summary>The connections, which other routes may use too.</summary>
    public UpstreamConnections Connections
    {
        get => field ?? throw NoUpstream();
        init;
    }

    /// <summary>What YARP is told of each of its requests.</summary>
    public ForwarderRequestConfig ForwarderSettings
    {
        get => field ?? throw NoUpstream();
        init;
    }

    public string Name => Config.Name;

    private InvalidOperationException NoUpstream() => new($"route {Name} leads to a virtual workspace, not to an upstream");
}
