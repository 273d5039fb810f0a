using AmpEdge.Hosting;

namespace AmpEdge.Agent.Buffer;

/// <summary>What the buffer tells of itself.</summary>
internal sealed class BufferMetrics
{
    public BufferMetrics(MetricRegistry registry)
    {
        Samples = registry.Counter("ampedge_buffer_samples_appended_total", "Samples written to the buffer.");
        MetricFamily<CounterMetric> appended = registry.Counters(
            "prometheus_agent_samples_appended_total", "Total number of samples appended to the storage", "type");
        Floats = appended.With("float");
        Histograms = appended.With("histogram");
        Exemplars = registry.Counter(
            "prometheus_agent_exemplars_appended_total", "Total number of exemplars appended to the storage");
        registry.Gauge(
            "prometheus_agent_active_series", "Number of active series being tracked by the WAL storage", () => Series?.Value ?? 0);
        SamplesIn = registry.Counter(
            "prometheus_remote_storage_samples_in_total", "Samples that came in to be delivered to the destinations.");
        HighestTimestamp = registry.Gauge(
            "prometheus_remote_storage_highest_timestamp_in_seconds", "Time of the newest sample that came in to be delivered.");
        CurrentSegment = registry.Gauge(
            "prometheus_tsdb_wal_segment_current", "Number of the buffer's segment that is being written.");
        MetricFamily<CounterMetric> lost = registry.Counters(
            "ampedge_buffer_samples_lost_total", "Samples that never reached the buffer, by reason.", "reason");
        LostDiskFull = lost.With("disk_full");
        LostWriteFailed = lost.With("write_failed");
        Commits = registry.Counter("ampedge_buffer_commits_total", "Writes to the buffer, each the samples of a scrape.");
        SyncFailures = registry.Counter(
            "ampedge_buffer_sync_failures_total", "Times the disk did not confirm what was written to the buffer.");
        CutBytes = registry.Counter(
            "ampedge_buffer_cut_bytes_total", "Bytes of a torn last record that opening the buffer cut off.");
        ShedSegments = registry.Counter(
            "ampedge_buffer_segments_shed_total", "Segments deleted before every destination had them, at a bound or on a full disk.");
        Bytes = registry.Gauge("ampedge_buffer_bytes", "Size of the buffer's segments on the disk.");
        MaxBytes = registry.Gauge("ampedge_buffer_max_bytes", "Size at which the buffer sheds its oldest segments.");
        Series = registry.Gauge("ampedge_buffer_series", "Series that scrapes refer to.");
        LabelBytes = registry.Gauge("ampedge_buffer_label_bytes", "Memory that the labels of those series take.");
    }

    public CounterMetric Samples { get; }

    public CounterMetric Floats { get; }

    public CounterMetric Histograms { get; }

    public CounterMetric Exemplars { get; }

    public CounterMetric SamplesIn { get; }

    public GaugeMetric HighestTimestamp { get; }

    public GaugeMetric CurrentSegment { get; }

    public CounterMetric LostDiskFull { get; }

    public CounterMetric LostWriteFailed { get; }

    public CounterMetric Commits { get; }

    public CounterMetric SyncFailures { get; }

    public CounterMetric CutBytes { get; }

    public CounterMetric ShedSegments { get; }

    public GaugeMetric Bytes { get; }

    public GaugeMetric MaxBytes { get; }

    public GaugeMetric Series { get; }

    public GaugeMetric LabelBytes { get; }
}
