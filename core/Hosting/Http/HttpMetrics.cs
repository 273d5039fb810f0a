using System.Collections.Concurrent;

namespace AmpEdge.Hosting;

/// <summary>Requests by route and code, their durations, and those in flight.</summary>
internal sealed class HttpMetrics
{
    private readonly ConcurrentDictionary<string, RouteMetrics> _routes = new(StringComparer.Ordinal);
    private readonly Func<string, RouteMetrics> _create;

    public HttpMetrics(MetricRegistry registry, string prefix)
    {
        MetricFamily<CounterMetric> requests = registry.Counters(
            prefix + "_http_requests_total", "Counter of HTTP requests.", "handler", "code");
        MetricFamily<HistogramMetric> durations = registry.Histograms(
            prefix + "_http_request_duration_seconds", "Histogram of latencies for HTTP requests.",
            Buckets.RequestSeconds, "handler");
        InFlight = registry.Gauge(prefix + "_http_requests_in_flight", "HTTP requests being answered.");
        AcceptFailures = registry.Counter(
            prefix + "_http_accept_failures_total",
            "Times that the listener rested because it could not take a connection, most likely for lack of file descriptors.");
        _create = pattern => new RouteMetrics(pattern, requests, durations.With(pattern));
    }

    public GaugeMetric InFlight { get; }

    public CounterMetric AcceptFailures { get; }

    /// <summary>The children of a route; requests that match none share one, so that clients cannot make series.</summary>
    public RouteMetrics Of(Route? route) => _routes.GetOrAdd(route?.Pattern ?? "none", _create);
}
