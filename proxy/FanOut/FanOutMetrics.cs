using AmpEdge.Hosting;
using AmpEdge.Proxy.Forwarding;

namespace AmpEdge.Proxy.FanOut;

/// <summary>Requests to the members of virtual workspaces, and the memory of their answers.</summary>
internal sealed class FanOutMetrics
{
    private readonly MetricFamily<CounterMetric> _requests;
    private readonly MetricFamily<HistogramMetric> _seconds;

    public FanOutMetrics(MetricRegistry registry, BodyBudget budget)
    {
        _requests = registry.Counters(
            "ampedge_proxy_fan_out_requests_total",
            "Requests to members of virtual workspaces, by member and result (success, or Prometheus's type of the error).",
            "member",
            "result");
        _seconds = registry.Histograms(
            "ampedge_proxy_fan_out_request_duration_seconds",
            "From a request to a member to the end of its answer.",
            Buckets.RequestSeconds,
            "member");
        AnswerBytes = registry.Counter(
            "ampedge_proxy_fan_out_answer_bytes_total", "Bytes of members' answers, unpacked.");
        Partial = registry.Counter(
            "ampedge_proxy_fan_out_partial_answers_total", "Answers of virtual workspaces in which members were missing.");
        registry.Gauge(
            "ampedge_proxy_fan_out_buffered_bytes", "Memory that answers of members hold.", () => budget.HeldBytes);
        registry.Gauge(
            "ampedge_proxy_fan_out_buffered_bytes_limit",
            "Memory that answers of members may hold.",
            () => budget.MaxBytes);
    }

    public CounterMetric AnswerBytes { get; }

    public CounterMetric Partial { get; }

    public void Asked(string member, string result, TimeSpan took)
    {
        _requests.With(member, result).Increment();
        _seconds.With(member).Observe(took.TotalSeconds);
    }
}
