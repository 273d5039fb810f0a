using AmpEdge.Hosting;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>The metrics of Kubernetes discovery; Prometheus's names where it has them.</summary>
internal sealed class KubernetesMetrics(MetricRegistry registry)
{
    private readonly MetricFamily<CounterMetric> _events = registry.Counters(
        "prometheus_sd_kubernetes_events_total", "The number of Kubernetes events handled.", "role", "event");

    private readonly CounterMetric _allFailures = registry.Counter(
        "prometheus_sd_kubernetes_failures_total", "The number of failed WATCH/LIST requests.");

    private readonly MetricFamily<CounterMetric> _failures = registry.Counters(
        "ampedge_sd_kubernetes_failures_total",
        "Failed requests and broken watches by role and reason: an HTTP status, connection, timeout, protocol, object.",
        "role",
        "reason");

    private readonly MetricFamily<GaugeMetric> _objects = registry.Gauges(
        "ampedge_sd_kubernetes_objects", "Objects that are known, by role.", "role");

    private readonly MetricFamily<GaugeMetric> _watches = registry.Gauges(
        "ampedge_sd_kubernetes_watches", "Watches that run, by role; jobs that want the same share one.", "role");

    /// <summary>Watches that cannot see changes at present; their targets stay as they were.</summary>
    public GaugeMetric Blind { get; } = registry.Gauge(
        "ampedge_sd_kubernetes_watches_failing", "Watches whose last request failed; their targets stay as they were.");

    /// <summary>Objects whose targets are to be made anew.</summary>
    public GaugeMetric Waiting { get; } = registry.Gauge(
        "ampedge_sd_kubernetes_queue_length", "Changed objects whose targets are yet to be made.");

    /// <summary>Times that a queue was full and all targets of its job were made anew instead.</summary>
    public CounterMetric Overflows { get; } = registry.Counter(
        "ampedge_sd_kubernetes_queue_overflows_total",
        "Times that so many objects had changed that all targets of a job were made anew.");

    /// <summary>Times that the kubelet stood in for the API server.</summary>
    public CounterMetric KubeletReads { get; } = registry.Counter(
        "ampedge_sd_kubernetes_kubelet_reads_total", "Lists of pods taken from the kubelet because the API server was away.");

    public CounterMetric Added(ResourceKind kind) => _events.With(kind.Role, "add");

    public CounterMetric Updated(ResourceKind kind) => _events.With(kind.Role, "update");

    public CounterMetric Deleted(ResourceKind kind) => _events.With(kind.Role, "delete");

    public GaugeMetric Objects(ResourceKind kind) => _objects.With(kind.Role);

    public GaugeMetric Watches(ResourceKind kind) => _watches.With(kind.Role);

    /// <summary>Counts a failed request, or an object that could not be read.</summary>
    public void CountFailure(ResourceKind kind, string reason)
    {
        _allFailures.Increment();
        _failures.With(kind.Role, reason).Increment();
    }
}
