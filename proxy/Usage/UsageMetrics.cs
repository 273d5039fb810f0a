using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Usage;

/// <summary>What watching the use of metrics counts about itself.</summary>
internal sealed class UsageMetrics
{
    public UsageMetrics(MetricRegistry registry)
    {
        MetricFamily<CounterMetric> writes = registry.Counters(
            "ampedge_proxy_usage_writes_total",
            "Writes by what became of them: decoded, passed_over (others stand for them), queue_full (the same), unreadable.",
            "result");
        Decoded = writes.With("decoded");
        PassedOver = writes.With("passed_over");
        WriteQueueFull = writes.With("queue_full");
        UnreadableWrite = writes.With("unreadable");
        MetricFamily<CounterMetric> reads = registry.Counters(
            "ampedge_proxy_usage_reads_total",
            "Queries, selectors and rules by what became of them: read, unreadable (their words count as read), queue_full (lost).",
            "result");
        Read = reads.With("read");
        UnreadableRead = reads.With("unreadable");
        ReadQueueFull = reads.With("queue_full");
        Saves = registry.Counter("ampedge_proxy_usage_state_saves_total", "Writes of the state file that succeeded.");
        SaveFailures = registry.Counter("ampedge_proxy_usage_state_save_failures_total", "Writes of the state file that failed.");
        Failures = registry.Counter("ampedge_proxy_usage_failures_total", "Requests whose observation ended in an unexpected error.");
    }

    public CounterMetric Decoded { get; }

    public CounterMetric PassedOver { get; }

    public CounterMetric WriteQueueFull { get; }

    public CounterMetric UnreadableWrite { get; }

    public CounterMetric Read { get; }

    public CounterMetric UnreadableRead { get; }

    public CounterMetric ReadQueueFull { get; }

    public CounterMetric Saves { get; }

    public CounterMetric SaveFailures { get; }

    public CounterMetric Failures { get; }
}
