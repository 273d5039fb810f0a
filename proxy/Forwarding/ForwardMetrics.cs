using AmpEdge.Hosting;
using Yarp.ReverseProxy.Forwarder;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>What forwarding counts.</summary>
internal sealed class ForwardMetrics
{
    private readonly MetricFamily<CounterMetric> _upstreamErrors;

    public ForwardMetrics(MetricRegistry registry, BodyBudget budget)
    {
        MetricFamily<CounterMetric> refused = registry.Counters(
            "ampedge_proxy_refused_requests_total", "Requests that were not forwarded, by reason.", "reason");
        NoCredentials = refused.With("no_credentials");
        UnknownHost = refused.With("unknown_host");
        Loop = refused.With("loop");
        BodyTooLarge = refused.With("body_too_large");
        NoMemory = refused.With("buffer_full");
        _upstreamErrors = registry.Counters(
            "ampedge_proxy_upstream_errors_total", "Forwarded requests without a whole answer, by kind.", "error");
        RequestBodyBytes = registry.Counter(
            "ampedge_proxy_request_body_bytes_total", "Bytes of request bodies that were read.");
        UpstreamSeconds = registry.Histogram(
            "ampedge_proxy_upstream_duration_seconds",
            "From the signed request to the end of its answer.",
            Buckets.RequestSeconds);
        registry.Gauge(
            "ampedge_proxy_buffered_body_bytes", "Memory that request bodies hold.", () => budget.HeldBytes);
        registry.Gauge(
            "ampedge_proxy_buffered_body_bytes_limit", "Memory that request bodies may hold.", () => budget.MaxBytes);
    }

    public CounterMetric NoCredentials { get; }

    public CounterMetric UnknownHost { get; }

    public CounterMetric Loop { get; }

    public CounterMetric BodyTooLarge { get; }

    public CounterMetric NoMemory { get; }

    public CounterMetric RequestBodyBytes { get; }

    public HistogramMetric UpstreamSeconds { get; }

    public void UpstreamFailed(ForwarderError error) => _upstreamErrors.With(error.ToString()).Increment();
}
