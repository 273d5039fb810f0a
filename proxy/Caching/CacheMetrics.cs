using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Caching;

/// <summary>What the caches of all routes count.</summary>
internal sealed class CacheMetrics
{
    private readonly MetricFamily<CounterMetric> _reads;

    public CacheMetrics(MetricRegistry registry)
    {
        _reads = registry.Counters(
            "ampedge_proxy_cache_reads_total",
            "Reads of routes with a cache, by route and by what became of them: hit, shared, miss, passed_by.", "route", "result");
        Evictions = registry.Counter(
            "ampedge_proxy_cache_evictions_total", "Answers that left a cache because newer ones needed their place.");
        HeldBytes = registry.Gauge("ampedge_proxy_cache_bytes", "Memory that kept answers hold, of all routes.");
        LimitBytes = registry.Gauge("ampedge_proxy_cache_bytes_limit", "Memory that kept answers may hold, of all routes.");
        Answers = registry.Gauge("ampedge_proxy_cache_answers", "Answers that are kept, of all routes.");
    }

    public CounterMetric Evictions { get; }

    public GaugeMetric HeldBytes { get; }

    public GaugeMetric LimitBytes { get; }

    public GaugeMetric Answers { get; }

    /// <summary>Counts reads that end in one way.</summary>
    public CounterMetric Reads(string route, string result) => _reads.With(route, result);
}
