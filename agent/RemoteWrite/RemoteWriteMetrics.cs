using AmpEdge.Agent.Buffer;
using AmpEdge.Hosting;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>What one destination tells of itself; Prometheus's names where Prometheus has one.</summary>
internal sealed class RemoteWriteMetrics
{
    private static readonly double[] s_durationBounds = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 25, 60, 120, 300];

    /// <summary>By reason, in the order of <see cref="LossReason"/>.</summary>
    private static readonly string[] s_lossReasons = ["max_bytes", "max_age", "disk_full", "damaged"];

    /// <summary>Samples, histograms, exemplars.</summary>
    private readonly CounterMetric[] _sent;
    private readonly CounterMetric[] _failed;
    private readonly CounterMetric[] _retried;
    private readonly MetricFamily<CounterMetric> _lost;
    private readonly MetricFamily<CounterMetric> _dropped;
    private readonly MetricFamily<CounterMetric> _refused;
    private readonly string _name;
    private readonly string _url;

    public RemoteWriteMetrics(MetricRegistry registry, DestinationOptions options)
    {
        _name = options.Name;
        _url = options.Url.GetComponents(UriComponents.HttpRequestUrl & ~UriComponents.Query, UriFormat.UriEscaped);
        CounterMetric Counter(string name, string help) => registry.Counters(name, help, "remote_name", "url").With(_name, _url);
        GaugeMetric Gauge(string name, string help) => registry.Gauges(name, help, "remote_name", "url").With(_name, _url);

        CounterMetric[] PerKind(string suffix, string help) =>
        [
            Counter($"prometheus_remote_storage_samples{suffix}", $"Samples that {help}"),
            Counter($"prometheus_remote_storage_histograms{suffix}", $"Native histograms that {help}"),
            Counter($"prometheus_remote_storage_exemplars{suffix}", $"Exemplars that {help}"),
        ];
        _sent = PerKind("_total", "the destination took.");
        _failed = PerKind("_failed_total", "the destination refused for good.");
        _retried = PerKind("_retried_total", "were sent again after an error that may pass.");
        _dropped = registry.Counters(
            "prometheus_remote_storage_samples_dropped_total",
            "Samples that were not sent, by reason.", "reason", "remote_name", "url");
        DroppedByRelabelling = Dropped("dropped_series");
        DroppedTooOld = Dropped("too_old");
        DroppedOverCap = Dropped("max_series");
        _refused = registry.Counters(
            "ampedge_remote_write_refused_samples_total",
            "Samples that the destination refused for good, by what it said.", "reason", "remote_name", "url");
        _lost = registry.Counters(
            "ampedge_remote_write_lost_samples_total",
            "Samples that were lost from the buffer before they were read for this destination, by reason.",
            "reason", "remote_name", "url");
        foreach (string reason in s_lossReasons)
        {
            _lost.With(reason, _name, _url);
        }

        CorruptBytes = Counter(
            "ampedge_remote_write_corrupt_bytes_total", "Bytes of the buffer that could not be read for this destination.");
        LoopFailures = Counter(
            "ampedge_remote_write_loop_failures_total", "Unexpected errors that ended a loop of this destination, which was begun again.");
        CappedSeries = Gauge(
            "ampedge_remote_write_capped_series", "Distinct series that were sent in this hour, where max_series bounds them.");
        Parked = Gauge(
            "ampedge_remote_write_parked", "1 while the destination refuses the credentials: samples wait until someone mends that.");
        EnqueueRetries = Counter(
            "prometheus_remote_storage_enqueue_retries_total",
            "Times that a shard's queue was full, so that the rest was left to the disk.");
        Bytes = Counter("prometheus_remote_storage_bytes_total", "Bytes of samples sent, after compression.");
        Metadata = Counter("prometheus_remote_storage_metadata_total", "Metadata entries that the destination took.");
        MetadataFailed = Counter(
            "prometheus_remote_storage_metadata_failed_total", "Metadata entries that the destination did not take.");
        MetadataRetried = Counter(
            "prometheus_remote_storage_metadata_retried_total", "Metadata entries that were sent again.");
        MetadataBytes = Counter(
            "prometheus_remote_storage_metadata_bytes_total", "Bytes of metadata sent, after compression.");
        SentBatchDuration = registry.Histograms(
            "prometheus_remote_storage_sent_batch_duration_seconds",
            "Duration of requests, from their sending to the answer.", s_durationBounds, "remote_name", "url").With(_name, _url);
        Pending = Gauge("prometheus_remote_storage_samples_pending", "Samples that wait in memory or are being sent.");
        EncodedBytes = Gauge(
            "ampedge_remote_write_encoded_bytes", "Memory for the compressed form of series that are sent again and again.");
        ShardCapacity = Gauge("prometheus_remote_storage_shard_capacity", "Samples that each shard holds in memory at most.");
        Shards = Gauge("prometheus_remote_storage_shards", "Shards that send in parallel.");
        ShardsMin = Gauge("prometheus_remote_storage_shards_min", "Lower bound of shards.");
        ShardsMax = Gauge("prometheus_remote_storage_shards_max", "Upper bound of shards.");
        ShardsDesired = Gauge("prometheus_remote_storage_shards_desired", "Shards that the measured rates ask for.");
        MaxSamplesPerSend = Gauge("prometheus_remote_storage_max_samples_per_send", "Samples that a request holds at most.");
        HighestSent = Gauge(
            "prometheus_remote_storage_queue_highest_sent_timestamp_seconds", "Time of the newest sample that the destination took.");
        HighestQueued = Gauge(
            "prometheus_remote_storage_queue_highest_timestamp_seconds", "Time of the newest sample that came in to be delivered.");
        CurrentSegment = registry.Gauges(
            "prometheus_wal_watcher_current_segment",
            "Number of the buffer's segment that this destination's samples are taken from.", "consumer").With(_name);
        BehindSeconds = Gauge(
            "ampedge_remote_write_behind_seconds", "How much older the newest delivered sample is than the newest scraped one.");
        ReadingDisk = Gauge(
            "ampedge_remote_write_reading_disk", "1 while samples come from the buffer on disk, 0 while they come from memory.");
        ShardCapacity.Set(options.Queue.EntriesPerShard);
        ShardsMin.Set(options.Queue.MinShards);
        ShardsMax.Set(options.Queue.MaxShards);
        MaxSamplesPerSend.Set(options.Queue.MaxSamplesPerSend);
    }

    public CounterMetric DroppedByRelabelling { get; }

    public CounterMetric DroppedTooOld { get; }

    public CounterMetric DroppedOverCap { get; }

    public CounterMetric LoopFailures { get; }

    public GaugeMetric CappedSeries { get; }

    public CounterMetric CorruptBytes { get; }

    public GaugeMetric Parked { get; }

    public CounterMetric EnqueueRetries { get; }

    public CounterMetric Bytes { get; }

    public CounterMetric Metadata { get; }

    public CounterMetric MetadataFailed { get; }

    public CounterMetric MetadataRetried { get; }

    public CounterMetric MetadataBytes { get; }

    public HistogramMetric SentBatchDuration { get; }

    public GaugeMetric Pending { get; }

    public GaugeMetric EncodedBytes { get; }

    public GaugeMetric ShardCapacity { get; }

    public GaugeMetric Shards { get; }

    public GaugeMetric ShardsMin { get; }

    public GaugeMetric ShardsMax { get; }

    public GaugeMetric ShardsDesired { get; }

    public GaugeMetric MaxSamplesPerSend { get; }

    public GaugeMetric HighestSent { get; }

    public GaugeMetric HighestQueued { get; }

    public GaugeMetric CurrentSegment { get; }

    public GaugeMetric BehindSeconds { get; }

    public GaugeMetric ReadingDisk { get; }

    public void Sent(EntryCounts counts) => Add(_sent, counts);

    public void Retried(EntryCounts counts) => Add(_retried, counts);

    /// <summary>Counts entries that the destination will never take; not on the path of those that it takes.</summary>
    public void Refused(string reason, EntryCounts counts)
    {
        Add(_failed, counts);
        _refused.With(reason, _name, _url).Add(counts.Samples + counts.Histograms);
    }

    /// <summary>Counts samples that are in the buffer no more.</summary>
    public void Lost(LossReason reason, long samples) => _lost.With(s_lossReasons[(int)reason], _name, _url).Add(samples);

    private static void Add(CounterMetric[] perKind, EntryCounts counts)
    {
        perKind[0].Add(counts.Samples);
        perKind[1].Add(counts.Histograms);
        perKind[2].Add(counts.Exemplars);
    }

    private CounterMetric Dropped(string reason) => _dropped.With(reason, _name, _url);
}
