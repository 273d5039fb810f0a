using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Forwarding;

namespace AmpEdge.Proxy.Caching;

/// <summary>Makes the caches of routes; all count together.</summary>
/// <param name="registry">Takes the metrics.</param>
/// <param name="maxBufferedBytes">What answers may hold, of all routes, while they come in.</param>
/// <param name="time">Tells how old answers are.</param>
internal sealed class ReadCaches(MetricRegistry registry, long maxBufferedBytes, TimeProvider time)
{
    private readonly CacheMetrics _metrics = new(registry);
    private readonly BodyBudget _incoming = new(maxBufferedBytes);

    /// <summary>The cache of a route, given back with its lease; null for a route without one. A reload begins with an empty one.</summary>
    public ReadCache? Create(RouteConfig route, List<IAsyncDisposable> leases)
    {
        if (route.Cache is not { } config)
        {
            return null;
        }

        ReadCache cache = new(route.Name, config, _incoming, _metrics, time);
        leases.Add(cache);
        return cache;
    }
}
