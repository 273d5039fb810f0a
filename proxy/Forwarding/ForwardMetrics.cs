using AmpEdge.Hosting;
using Yarp.ReverseProxy.Forwarder;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>What forwarding counts.</summary>
internal sealed class ForwardMetrics
{
    private readonly CounterMetric[] _refused = new CounterMetric[Enum.GetValues<RefusalReason>().Length];
    private readonly MetricFamily<CounterMetric> _upstreamErrors;

    public ForwardMetrics(MetricRegistry registry, BodyBudget budget)
    {
        MetricFamily<CounterMetric> refused = registry.Counters(
            "ampedge_proxy_refused_requests_total", "Requests that were not forwarded, by reason.", "reason");
        foreach (RefusalReason reason in Enum.GetValues<RefusalReason>())
        {
            _refused[(int)reason] = refused.With(LabelOf(reason));
        }

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

    public CounterMetric RequestBodyBytes { get; }

    public HistogramMetric UpstreamSeconds { get; }

    public void UpstreamFailed(ForwarderError error) => _upstreamErrors.With(error.ToString()).Increment();

    public void Refused(RefusalReason reason) => _refused[(int)reason].Increment();

    /// <summary>The value of the label: such as <c>body_too_large</c>.</summary>
    private static string LabelOf(RefusalReason reason) => reason switch
    {
        RefusalReason.Loop => "loop",
        RefusalReason.NoRoute => "no_route",
        RefusalReason.UnknownHost => "unknown_host",
        RefusalReason.NoCredentials => "no_credentials",
        RefusalReason.BodyTooLarge => "body_too_large",
        RefusalReason.BufferFull => "buffer_full",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "has no label"),
    };
}
