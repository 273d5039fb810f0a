using System.Collections.Concurrent;
using System.Globalization;
using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>Requests by route: codes, durations, bytes, how many run. The names of routes bound their number.</summary>
internal sealed class RouteTraffic
{
    /// <summary>More routes than anybody has; the names of later ones, after reloads, count as this.</summary>
    private const int MostRoutes = 1000;
    private const string OtherRoutes = "other";

    private readonly ConcurrentDictionary<string, OneRoute> _routes = new(StringComparer.Ordinal);
    private readonly MetricFamily<CounterMetric> _requests;
    private readonly MetricFamily<HistogramMetric> _seconds;
    private readonly MetricFamily<CounterMetric> _bytesIn;
    private readonly MetricFamily<CounterMetric> _bytesOut;
    private readonly MetricFamily<GaugeMetric> _inFlight;

    public RouteTraffic(MetricRegistry registry)
    {
        _requests = registry.Counters(
            "ampedge_proxy_route_requests_total", "Requests that ended, by route and code; without a route its name is empty.", "route", "code");
        _seconds = registry.Histograms(
            "ampedge_proxy_route_request_duration_seconds",
            "From a request's head to the end of its answer, by route.",
            Buckets.RequestSeconds,
            "route");
        _bytesIn = registry.Counters("ampedge_proxy_route_request_bytes_total", "Bytes of request bodies, by route.", "route");
        _bytesOut = registry.Counters("ampedge_proxy_route_response_bytes_total", "Bytes of answers, by route.", "route");
        _inFlight = registry.Gauges("ampedge_proxy_route_requests_in_flight", "Requests that run, by route.", "route");
    }

    public void Begin(string route) => Of(route).InFlight.Add(1);

    public void End(string route, int status, TimeSpan took, long bytesIn, long bytesOut)
    {
        OneRoute one = Of(route);
        one.InFlight.Add(-1);
        one.Code(status).Increment();
        one.Seconds.Observe(took.TotalSeconds);
        one.BytesIn.Add(bytesIn);
        one.BytesOut.Add(bytesOut);
    }

    private OneRoute Of(string route)
    {
        if (_routes.TryGetValue(route, out OneRoute? known))
        {
            return known;
        }

        string name = _routes.Count < MostRoutes ? route : OtherRoutes;
        return _routes.GetOrAdd(name, static (name, owner) => new OneRoute(owner, name), this);
    }

    /// <summary>The metrics of one route, ready-made.</summary>
    private sealed class OneRoute(RouteTraffic owner, string name)
    {
        private const int MostCode = 599;
        private readonly CounterMetric?[] _codes = new CounterMetric?[MostCode + 1];

        public GaugeMetric InFlight { get; } = owner._inFlight.With(name);

        public HistogramMetric Seconds { get; } = owner._seconds.With(name);

        public CounterMetric BytesIn { get; } = owner._bytesIn.With(name);

        public CounterMetric BytesOut { get; } = owner._bytesOut.With(name);

        public CounterMetric Code(int status)
        {
            int code = Math.Clamp(status, 0, MostCode);
            return _codes[code] ??= owner._requests.With(name, code.ToString(CultureInfo.InvariantCulture));
        }
    }
}
