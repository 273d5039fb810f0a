using AmpEdge.Hosting;
using AmpEdge.Proxy.Caching;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Credentials;
using AmpEdge.Proxy.FanOut;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.Proxy.Listening;
using AmpEdge.Proxy.LocalAnswers;
using AmpEdge.Proxy.Usage;
using AmpEdge.Proxy.WriteFiltering;
using AmpEdge.SigV4;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Proxy.Routing;

/// <summary>
/// Makes routes out of a configuration. Credentials, connections and limits that an earlier configuration had too are the same ones.
/// </summary>
internal sealed class RouteSetBuilder
{
    private readonly Func<RouteConfig, List<IAsyncDisposable>, RouteCredentials> _takeCredentials;
    private readonly SharedParts<ConnectionConfig, UpstreamConnections> _connections;
    private readonly SharedParts<(string Route, LimitsConfig Config), RouteLimits> _limits;
    private readonly SharedParts<(string Route, RetriesConfig Config), RetryPolicy> _retries;
    private readonly VirtualWorkspaceBuilder _virtualWorkspaces;
    private readonly Lazy<string?> _foundRegion;
    private readonly SigningClocks _clocks;
    private readonly ILogger _log;
    private readonly TimeProvider _time;

    /// <param name="takeCredentials">The credentials of a route, as <see cref="CredentialSources.Take"/> gives them.</param>
    /// <param name="virtualWorkspaces">Makes what answers on routes without an upstream.</param>
    /// <param name="findRegion">Asked once, if a route and its host tell none; may take seconds.</param>
    /// <param name="clocks">What signatures are dated by.</param>
    /// <param name="log">For token files that turn bad.</param>
    /// <param name="time">The clock of limits.</param>
    /// <param name="random">Spreads repetitions.</param>
    public RouteSetBuilder(
        Func<RouteConfig, List<IAsyncDisposable>, RouteCredentials> takeCredentials,
        VirtualWorkspaceBuilder virtualWorkspaces,
        Func<string?> findRegion,
        SigningClocks clocks,
        ILogger log,
        TimeProvider time,
        Random random)
    {
        _virtualWorkspaces = virtualWorkspaces;
        _takeCredentials = takeCredentials;
        _connections = new(static settings => new UpstreamConnections(settings), static connections =>
        {
            connections.Dispose();
            return ValueTask.CompletedTask;
        });
        _limits = new(key => new RouteLimits(key.Config, time), static _ => ValueTask.CompletedTask);
        _retries = new(key => new RetryPolicy(key.Config, random), static _ => ValueTask.CompletedTask);
        _foundRegion = new Lazy<string?>(findRegion);
        _clocks = clocks;
        _log = log;
        _time = time;
    }

    /// <summary>Makes what answers equal reads once.</summary>
    public required ReadCaches Caches { get; init; }

    /// <summary>Makes what leaves out series of writes.</summary>
    public required WriteFilterMetrics WriteFilters { get; init; }

    /// <summary>Sees what members of virtual workspaces are asked; null when nobody counts who reads what.</summary>
    public UsageObserver? Usage { get; init; }

    /// <exception cref="StartFailedException">A route cannot work here; the message says which and why.</exception>
    public RouteSet Build(ProxyConfig config)
    {
        List<IAsyncDisposable> leases = [];
        try
        {
            List<ProxyRoute> routes = [];
            foreach (RouteConfig route in config.Routes)
            {
                routes.Add(route.VirtualWorkspace is null ? Build(route, leases) : BuildVirtual(route, config, leases));
            }

            Dictionary<string, CallerCheck> callers = new(StringComparer.Ordinal);
            foreach (ListenerConfig listener in config.Listeners)
            {
                if (CheckOf(listener.Caller) is { } check)
                {
                    callers.Add(listener.Name, check);
                }
            }

            return new RouteSet(routes, callers, leases)
            {
                LocalAnswers = new LocalAnswer(config.LocalAnswers, _time),
            };
        }
        catch (StartFailedException)
        {
            _ = new RouteSet([], new Dictionary<string, CallerCheck>(), leases).RetireAsync();
            throw;
        }
    }

    private CallerCheck? CheckOf(CallerConfig caller) => caller.IsEmpty ? null : new CallerCheck(caller, _log, _time);

    private ProxyRoute BuildVirtual(RouteConfig route, ProxyConfig config, List<IAsyncDisposable> leases)
    {
        foreach (VirtualWorkspaceConfig workspace in config.VirtualWorkspaces)
        {
            if (workspace.Name == route.VirtualWorkspace)
            {
                List<IMember> members = [];
                foreach (MemberConfig member in workspace.Members)
                {
                    members.Add(Build(member, workspace.Name, leases));
                }

                return new ProxyRoute
                {
                    Config = route,
                    Matcher = new RouteMatcher(route.Match),
                    Caller = CheckOf(route.Caller),
                    Access = new AccessRule(route),
                    Paths = new PathRewriter(route),
                    Limits = _limits.Take((route.Name, route.Limits), leases),
                    Retries = _retries.Take((route.Name, route.Retries), leases),
                    Guard = new QueryGuard(route.QueryGuard, _time),
                    Cache = Caches.Create(route, leases),
                    Virtual = _virtualWorkspaces.Build(workspace, members),
                };
            }
        }

        throw new StartFailedException($"route {route.Name}: there is no virtual workspace '{route.VirtualWorkspace}'");
    }

    private Member Build(MemberConfig member, string virtualWorkspace, List<IAsyncDisposable> leases)
    {
        ProxyRoute route = Build(member.AsRoute(virtualWorkspace), leases);
        Upstream upstream = route.Upstreams.Fixed
            ?? throw new StartFailedException($"member {route.Name} has no upstream");
        return new Member(member.Name, upstream, member.BasePath, route.Credentials.Ask, route.Connections.Client)
        {
            Usage = Usage,
        };
    }

    private ProxyRoute Build(RouteConfig route, List<IAsyncDisposable> leases) => new()
    {
        Config = route,
        Matcher = new RouteMatcher(route.Match),
        Caller = CheckOf(route.Caller),
        Access = new AccessRule(route),
        Paths = new PathRewriter(route),
        Limits = _limits.Take((route.Name, route.Limits), leases),
        Retries = _retries.Take((route.Name, route.Retries), leases),
        Guard = new QueryGuard(route.QueryGuard, _time),
        Cache = Caches.Create(route, leases),
        WriteFilter = WriteFilters.Create(route.Name, route.WriteRelabelRules),
        Upstreams = new UpstreamResolver(route, () => RegionOf(route), _clocks),
        Credentials = _takeCredentials(route, leases),
        Connections = _connections.Take(ConnectionConfig.Of(route), leases),
        ForwarderSettings = ResponseForwarder.SettingsOf(route.Timeouts),
    };

    /// <summary>A route's own profile tells its region before the surroundings do.</summary>
    private string? RegionOf(RouteConfig route) =>
        AwsRegion.OfProfile(route.Signing.Credentials.Profile)?.Name ?? _foundRegion.Value;
}
