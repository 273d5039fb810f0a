using AmpEdge.Hosting;

namespace AmpEdge.Agent.Discovery;

/// <summary>The metrics of discovery, by Prometheus's names.</summary>
internal sealed class DiscoveryMetrics(MetricRegistry registry)
{
    private readonly MetricFamily<GaugeMetric> _discovered = registry.Gauges(
        "prometheus_sd_discovered_targets", "Current number of discovered targets.", "name", "config");

    /// <summary>Reads of target files that failed or gave no valid groups.</summary>
    public CounterMetric FileReadErrors { get; } = registry.Counter(
        "prometheus_sd_file_read_errors_total", "The number of File-SD read errors.");

    /// <summary>Updates handed to the scrape manager.</summary>
    public CounterMetric Updates { get; } = registry.Counters(
        "prometheus_sd_updates_total", "Total number of update events sent to the SD consumers.", "name").With("scrape");

    /// <summary>Updates received from discoverers.</summary>
    public CounterMetric Received { get; } = registry.Counters(
        "prometheus_sd_received_updates_total",
        "Total number of update events received from the SD providers.",
        "name").With("scrape");

    /// <summary>The gauge of one job; give it back with <see cref="RemoveJob"/>.</summary>
    public GaugeMetric Discovered(string job) => _discovered.With("scrape", job);

    public void RemoveJob(string job) => _discovered.Remove("scrape", job);
}
