using AmpEdge.Hosting;
using AmpEdge.SigV4;
using Yarp.ReverseProxy.Forwarder;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>What forwarding counts.</summary>
internal sealed class ForwardMetrics
{
    private readonly CounterMetric[] _refused = new CounterMetric[Enum.GetValues<RefusalReason>().Length];
    private readonly MetricFamily<CounterMetric> _upstreamErrors;
    private readonly CounterMetric _clockRetries;
    private readonly CounterMetric _credentialRetries;

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
        MetricFamily<CounterMetric> retries = registry.Counters(
            "ampedge_proxy_signature_retries_total",
            "Requests that were signed and sent once more because the upstream refused their signature, by reason.",
            "reason");
        _clockRetries = retries.With("clock_skew");
        _credentialRetries = retries.With("expired_credentials");
        RequestBodyBytes = registry.Counter(
            "ampedge_proxy_request_body_bytes_total", "Bytes of request bodies that were read.");
        Retries = registry.Counter(
            "ampedge_proxy_retries_total", "Requests that were sent once more after no answer or one of 429 or 5xx.");
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

    public CounterMetric Retries { get; }

    public HistogramMetric UpstreamSeconds { get; }

    public void UpstreamFailed(ForwarderError error) => _upstreamErrors.With(error.ToString()).Increment();

    /// <summary>A request goes out once more, with another time or other credentials.</summary>
    public void SignatureRetried(SignatureRefusal refusal) =>
        (refusal == SignatureRefusal.ClockSkew ? _clockRetries : _credentialRetries).Increment();

    public void Refused(RefusalReason reason) => _refused[(int)reason].Increment();

    /// <summary>The value of the label: such as <c>body_too_large</c>.</summary>
    private static string LabelOf(RefusalReason reason) => reason switch
    {
        RefusalReason.Loop => "loop",
        RefusalReason.Caller => "caller",
        RefusalReason.NoRoute => "no_route",
        RefusalReason.UnknownHost => "unknown_host",
        RefusalReason.PathNotAllowed => "path_not_allowed",
        RefusalReason.AccessDenied => "access_denied",
        RefusalReason.QueryTooLarge => "query_too_large",
        RefusalReason.TooManyRunning => "too_many_running",
        RefusalReason.RequestRate => "request_rate",
        RefusalReason.SampleRate => "sample_rate",
        RefusalReason.NoCredentials => "no_credentials",
        RefusalReason.BadFraming => "bad_framing",
        RefusalReason.BodyTooLarge => "body_too_large",
        RefusalReason.BufferFull => "buffer_full",
        RefusalReason.NotFilterable => "not_filterable",
        RefusalReason.WrongPayloadHash => "wrong_payload_hash",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "has no label"),
    };
}
