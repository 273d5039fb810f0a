using AmpEdge.Hosting;

namespace AmpEdge.Agent.Discovery;

/// <summary>The metrics of discovery, by Prometheus's names.</summary>
internal sealed class DiscoveryMetrics(MetricRegistry registry)
{
    private static readonly string[] s_mechanisms = ["http", "dns", "ec2", "ecs"];

    private readonly MetricFamily<GaugeMetric> _discovered = registry.Gauges(
        "prometheus_sd_discovered_targets", "Current number of discovered targets.", "name", "config");

    private readonly MetricFamily<GaugeMetric> _lastUpdate = registry.Gauges(
        "prometheus_sd_last_update_timestamp_seconds", "Timestamp of the last update sent to the SD consumers.", "name", "config");

    private readonly MetricFamily<CounterMetric> _refreshFailures = registry.Counters(
        "prometheus_sd_refresh_failures_total",
        "Number of refresh failures for the given SD mechanism.",
        "mechanism", "config");

    private readonly MetricFamily<HistogramMetric> _refreshDuration = registry.Histograms(
        "prometheus_sd_refresh_duration_histogram_seconds",
        "The duration of a refresh for the given SD mechanism.",
        [0.01, 0.1, 1, 10],
        "mechanism", "config");

    private readonly MetricFamily<SummaryMetric> _refreshSummary = registry.Summaries(
        "prometheus_sd_refresh_duration_seconds",
        "The duration of a refresh in seconds for the given SD mechanism.",
        "mechanism", "config");

    private readonly MetricFamily<GaugeMetric> _fileModified = registry.Gauges(
        "prometheus_sd_file_mtime_seconds",
        "Timestamp (mtime) of files read by FileSD. Timestamp is set at read time.",
        "filename");

    /// <summary>Folders that cannot be watched, and events that were lost.</summary>
    public CounterMetric FileWatcherErrors { get; } = registry.Counter(
        "prometheus_sd_file_watcher_errors_total",
        "The number of File-SD errors caused by filesystem watch failures.");

    /// <summary>How long it takes to read all files of a configuration.</summary>
    public HistogramMetric FileScanDuration { get; } = registry.Histogram(
        "prometheus_sd_file_scan_duration_seconds", "The duration of the File-SD scan in seconds.",
        [0.001, 0.01, 0.1, 1, 10]);

    /// <summary>Reads of target files that failed or gave no valid groups.</summary>
    public CounterMetric FileReadErrors { get; } = registry.Counter(
        "prometheus_sd_file_read_errors_total", "The number of File-SD read errors.");

    /// <summary>Requests of HTTP discovery that failed or gave no valid groups.</summary>
    public CounterMetric HttpFailures { get; } = registry.Counter(
        "prometheus_sd_http_failures_total", "Number of HTTP service discovery refresh failures.");

    /// <summary>Names looked up by DNS discovery.</summary>
    public CounterMetric DnsLookups { get; } = registry.Counter(
        "prometheus_sd_dns_lookups_total", "The number of DNS-SD lookups.");

    /// <summary>Names of which no server could say whether they exist.</summary>
    public CounterMetric DnsLookupFailures { get; } = registry.Counter(
        "prometheus_sd_dns_lookup_failures_total", "The number of DNS-SD lookup failures.");

    /// <summary>Updates handed to the scrape manager.</summary>
    public CounterMetric Updates { get; } = registry.Counters(
        "prometheus_sd_updates_total", "Total number of update events sent to the SD consumers.", "name").With("scrape");

    /// <summary>Updates that had to wait longer than usual: the scrape manager was at the one before, or did not take them.</summary>
    public CounterMetric Delayed { get; } = registry.Counters(
        "prometheus_sd_updates_delayed_total",
        "Total number of update events that couldn't be sent immediately.",
        "name").With("scrape");

    /// <summary>Updates received from discoverers.</summary>
    public CounterMetric Received { get; } = registry.Counters(
        "prometheus_sd_received_updates_total",
        "Total number of update events received from the SD providers.",
        "name").With("scrape");

    /// <summary>The gauge of one job; give it back with <see cref="RemoveJob"/>.</summary>
    public GaugeMetric Discovered(string job) => _discovered.With("scrape", job);

    /// <summary>When a job's targets were handed on last, in Unix time; given back with <see cref="RemoveJob"/>.</summary>
    public GaugeMetric LastUpdate(string job) => _lastUpdate.With("scrape", job);

    /// <summary>Looks of a mechanism for a job that failed; given back with <see cref="RemoveJob"/>.</summary>
    public CounterMetric RefreshFailures(string mechanism, string job) => _refreshFailures.With(mechanism, job);

    /// <summary>How long such looks take; given back with <see cref="RemoveJob"/>.</summary>
    public HistogramMetric RefreshDuration(string mechanism, string job) => _refreshDuration.With(mechanism, job);

    /// <summary>The same as quantiles, which is what dashboards show; given back with <see cref="RemoveJob"/>.</summary>
    public SummaryMetric RefreshSummary(string mechanism, string job) => _refreshSummary.With(mechanism, job);

    /// <summary>When a file was changed last, as of its last reading; give it back with <see cref="RemoveFile"/>.</summary>
    public GaugeMetric FileModified(string file) => _fileModified.With(file);

    public void RemoveFile(string file) => _fileModified.Remove(file);

    public void RemoveJob(string job)
    {
        _discovered.Remove("scrape", job);
        _lastUpdate.Remove("scrape", job);
        foreach (string mechanism in s_mechanisms)
        {
            _refreshFailures.Remove(mechanism, job);
            _refreshDuration.Remove(mechanism, job);
            _refreshSummary.Remove(mechanism, job);
        }
    }
}
