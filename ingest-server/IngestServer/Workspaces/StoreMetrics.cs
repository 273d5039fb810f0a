using AmpEdge.Hosting;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Workspaces;

/// <summary>
/// A workspace's store in numbers, under the names that Prometheus gives its own store, with a <c>workspace</c> label.
/// </summary>
internal sealed class StoreMetrics
{
    private const string Label = "workspace";

    /// <summary>Prometheus's buckets of compactions, in seconds.</summary>
    private static readonly double[] s_durations = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192];

    private readonly List<Action> _removals = [];
    private readonly MetricRegistry _metrics;
    private readonly Database _database;
    private readonly string _workspaceId;
    private HeadStats _stats;
    private UpkeepStats _upkeep;

    public StoreMetrics(MetricRegistry metrics, string workspaceId, Database database)
    {
        _metrics = metrics;
        _workspaceId = workspaceId;
        _database = database;
        _stats = database.Stats();
        _upkeep = database.UpkeepStats();
        Gauge("prometheus_tsdb_head_series", "Series with samples.", static stats => stats.Series);
        Gauge("prometheus_tsdb_head_chunks", "Chunks of samples.", static stats => stats.Chunks);
        Gauge("prometheus_tsdb_head_min_time", "Time of the head's first sample, in milliseconds.", static stats => stats.MinTimeMs);
        Gauge("prometheus_tsdb_head_min_time_seconds", "Time of the head's first sample, in seconds.", static stats => stats.MinTimeMs / 1000);
        Gauge("prometheus_tsdb_head_max_time", "Time of the head's newest sample, in milliseconds.", static stats => stats.MaxTimeMs);
        Gauge("prometheus_tsdb_head_max_time_seconds", "Time of the head's newest sample, in seconds.", static stats => stats.MaxTimeMs / 1000);
        Counter("prometheus_tsdb_head_chunks_created_total", "Chunks begun.", static stats => stats.ChunksCreated);
        Counter("prometheus_tsdb_head_chunks_removed_total", "Chunks that left the head.", static stats => stats.ChunksRemoved);
        Gauge("ampedge_tsdb_head_bytes", "Memory of labels, index and chunks.", static stats => stats.HeadBytes);
        Gauge("ampedge_tsdb_head_bytes_limit", "What that memory is cut back to.", static stats => stats.MaxHeadBytes);
        Gauge(
            "ampedge_tsdb_older_versions", "Older states of series that are kept for running queries.",
            static stats => stats.OlderVersions);
        Counter(
            "ampedge_tsdb_older_versions_refused_total",
            "Older states that were not kept for lack of room, so that a running query may see later writes.",
            static stats => stats.VersionOverflows);
        Gauge("ampedge_tsdb_readers", "Queries and writes that use the store.", static stats => stats.Participants);
        Gauge(
            "ampedge_tsdb_retired_waiting", "Pieces of memory that wait for a reader to leave.",
            static stats => stats.RetiredWaiting);
        Gauge("ampedge_tsdb_metadata_families", "Metric families with metadata.", static stats => stats.MetadataFamilies);
        Gauge("prometheus_tsdb_wal_storage_size_bytes", "Bytes of the log on the disk.", static stats => stats.LogBytes);
        Gauge("ampedge_tsdb_disk_failing", "1 while the last sync or clean-up failed.",
            static stats => stats.LastDiskError is null ? 0 : 1);
        Counter("prometheus_tsdb_head_series_created_total", "Series made.", static stats => stats.SeriesCreated);
        Counter("prometheus_tsdb_head_series_removed_total", "Series removed.", static stats => stats.SeriesRemoved);
        Counter("prometheus_tsdb_head_samples_appended_total", "Samples stored.", static stats => stats.SamplesAppended);
        Counter("ampedge_tsdb_head_histograms_appended_total", "Native histograms stored.", static stats => stats.HistogramsAppended);
        Counter("prometheus_tsdb_head_out_of_order_samples_appended_total", "Samples stored that came out of order.",
            static stats => stats.OutOfOrderAppended);
        Gauge("prometheus_tsdb_exemplar_exemplars_in_storage", "Exemplars held.", static stats => stats.Exemplars);
        Gauge("prometheus_tsdb_exemplar_max_exemplars", "The most exemplars that are held.", static stats => stats.MaxExemplars);
        Gauge("prometheus_tsdb_exemplar_series_with_exemplars_in_storage", "Series with exemplars.",
            static stats => stats.ExemplarSeries);
        Counter("prometheus_tsdb_exemplar_exemplars_appended_total", "Exemplars stored.", static stats => stats.ExemplarsAppended);
        Counter("prometheus_tsdb_exemplar_out_of_order_exemplars_total", "Exemplars refused as out of order.",
            static stats => stats.OutOfOrderExemplars);
        Counter("prometheus_tsdb_out_of_order_samples_total", "Samples refused as out of order.",
            static stats => stats.OutOfOrderSamples);
        Counter("prometheus_tsdb_out_of_bound_samples_total", "Samples refused as too old.", static stats => stats.TooOldSamples);
        Counter(
            "ampedge_tsdb_head_full_samples_total", "Samples of new series refused while the head was far over its limit.",
            static stats => stats.HeadFullSamples);
        Counter("ampedge_tsdb_log_bytes_written_total", "Bytes written to the log.", static stats => stats.LogBytesWritten);
        Counter("prometheus_tsdb_wal_writes_failed_total", "Requests that the disk refused.", static stats => stats.LogWritesFailed);
        Counter("ampedge_tsdb_log_syncs_failed_total", "Syncs that the disk did not confirm.", static stats => stats.LogSyncsFailed);
        Counter("prometheus_tsdb_wal_truncations_total", "Times that old segments were deleted.", static stats => stats.LogTruncations);
        Counter("prometheus_tsdb_wal_truncations_failed_total", "Runs of maintenance that the disk made fail.",
            static stats => stats.MaintenanceFailures);
        Gauge("prometheus_tsdb_wal_segment_current", "The number of the log's segment that is written to.", static stats => stats.LogSegment);
        Counter("prometheus_tsdb_wal_corruptions_total", "Damages found in the log when it was read at the start.",
            _ => _database.Replay.Damages.Count);
        Gauge("prometheus_tsdb_data_replay_duration_seconds", "How long snapshot or log took to be read at the start.",
            _ => _database.Replay.Duration.TotalSeconds);
        Counter("ampedge_tsdb_metadata_refused_total", "Metadata refused for too many families.", static stats => stats.MetadataRefused);
        Gauge("prometheus_tsdb_head_active_appenders", "Requests that are being written.", static stats => stats.ActiveAppenders);
        Gauge("prometheus_tsdb_isolation_high_watermark", "The number of the last commit that queries see.",
            static stats => stats.HighWatermark);
        Gauge("prometheus_tsdb_isolation_low_watermark", "The oldest such number that a query or a write still holds.",
            static stats => stats.LowWatermark);
        Gauge("prometheus_tsdb_exemplar_last_exemplars_timestamp_seconds", "Time of the oldest exemplar held, in seconds.",
            static stats => stats.OldestExemplarMs / 1000.0);
        AddUpkeep();
        AddTimings();
    }

    /// <summary>Exports a bound that is not the store's own and that a reload may change.</summary>
    public void AddLimit(string name, string help, Func<long> read) => Gauge(name, help, _ => read());

    /// <summary>Reads the numbers of the store; all metrics of one page come from one reading.</summary>
    public void Update()
    {
        Volatile.Write(ref _stats, _database.Stats());
        Volatile.Write(ref _upkeep, _database.UpkeepStats());
    }

    /// <summary>Ends the export, when the workspace closes.</summary>
    public void Remove()
    {
        foreach (Action removal in _removals)
        {
            removal();
        }
    }

    private void Gauge(string name, string help, Func<HeadStats, double> read)
    {
        MetricFamily<GaugeMetric> family = _metrics.Gauges(name, help, Label);
        family.With(_workspaceId).ReadFrom(() => read(Volatile.Read(ref _stats)));
        _removals.Add(() => family.Remove(_workspaceId));
    }

    private void Counter(string name, string help, Func<HeadStats, long> read)
    {
        MetricFamily<CounterMetric> family = _metrics.Counters(name, help, Label);
        family.With(_workspaceId).ReadFrom(() => read(Volatile.Read(ref _stats)));
        _removals.Add(() => family.Remove(_workspaceId));
    }

    private void AddUpkeep()
    {
        UpkeepGauge("prometheus_tsdb_blocks_loaded", "Blocks that queries read.", static upkeep => upkeep.Blocks);
        UpkeepGauge("prometheus_tsdb_storage_blocks_bytes", "Bytes of blocks on the disk.", static upkeep => upkeep.BlockBytes);
        UpkeepGauge(
            "prometheus_tsdb_lowest_timestamp", "Time of the oldest sample in blocks and head, in milliseconds.",
            static upkeep => upkeep.LowestTimeMs);
        UpkeepGauge(
            "prometheus_tsdb_lowest_timestamp_seconds", "Time of the oldest sample in blocks and head, in seconds.",
            static upkeep => upkeep.LowestTimeMs / 1000);
        UpkeepGauge(
            "ampedge_tsdb_blocks_set_aside", "Blocks that cannot be read; the log names them.", static upkeep => upkeep.SetAside);
        UpkeepGauge(
            "prometheus_tsdb_retention_limit_seconds", "How long samples are kept.", _ => (long)_database.Retention.TotalSeconds);
        UpkeepGauge(
            "prometheus_tsdb_retention_limit_bytes", "What blocks and log may take; 0 for any amount.",
            _ => _database.RetentionBytes);
        UpkeepCounter(
            "prometheus_tsdb_compactions_total", "Blocks written, of the head or of others.", static upkeep => upkeep.Compactions);
        UpkeepCounter(
            "prometheus_tsdb_compactions_failed_total", "Compactions that the disk or a broken block made fail.",
            static upkeep => upkeep.CompactionsFailed);
        UpkeepCounter(
            "prometheus_tsdb_vertical_compactions_total", "Compactions of overlapping blocks.",
            static upkeep => upkeep.VerticalCompactions);
        UpkeepCounter(
            "prometheus_tsdb_head_truncations_total", "Times that samples in blocks left the head.",
            static upkeep => upkeep.HeadTruncations);
        UpkeepCounter(
            "prometheus_tsdb_head_truncations_failed_total", "Cuts of the head that failed.",
            static upkeep => upkeep.HeadTruncationsFailed);
        UpkeepCounter(
            "prometheus_tsdb_time_retentions_total", "Blocks given up for their age.", static upkeep => upkeep.TimeRetentions);
        UpkeepCounter(
            "prometheus_tsdb_size_retentions_total", "Blocks given up for room.", static upkeep => upkeep.SizeRetentions);
        UpkeepCounter(
            "ampedge_tsdb_tombstone_cleanups_total", "Blocks written anew without what was deleted in them.",
            static upkeep => upkeep.TombstoneCleanups);
        UpkeepGauge(
            "prometheus_tsdb_symbol_table_size_bytes", "Memory for the names and values of blocks.", static upkeep => upkeep.SymbolBytes);
        UpkeepCounter(
            "prometheus_tsdb_compactions_triggered_total", "Times that it was looked whether there is something to compact.",
            static upkeep => upkeep.CompactionsTriggered);
    }

    private void AddTimings()
    {
        _database.Timings.Compacted = Histogram(
            "prometheus_tsdb_compaction_duration_seconds", "How long compactions took.", s_durations);
        _database.Timings.TombstonesCleaned = Histogram(
            "prometheus_tsdb_tombstone_cleanup_seconds", "How long blocks with deletions took to be written anew.", Buckets.Seconds);
        _database.Timings.LogSynced = Summary("prometheus_tsdb_wal_fsync_duration_seconds", "How long syncs of the log took.");
        _database.Timings.LogTruncated = Summary(
            "prometheus_tsdb_wal_truncate_duration_seconds", "How long old segments of the log took to be deleted.");
        _database.Timings.HeadCollected = Summary(
            "prometheus_tsdb_head_gc_duration_seconds", "How long old samples, and series left without any, took to leave the head.");
    }

    private Action<TimeSpan> Histogram(string name, string help, double[] bounds)
    {
        MetricFamily<HistogramMetric> family = _metrics.Histograms(name, help, bounds, Label);
        HistogramMetric metric = family.With(_workspaceId);
        _removals.Add(() => family.Remove(_workspaceId));
        return elapsed => metric.Observe(elapsed.TotalSeconds);
    }

    private Action<TimeSpan> Summary(string name, string help)
    {
        MetricFamily<SummaryMetric> family = _metrics.Summaries(name, help, Label);
        SummaryMetric metric = family.With(_workspaceId);
        _removals.Add(() => family.Remove(_workspaceId));
        return elapsed => metric.Observe(elapsed.TotalSeconds);
    }

    private void UpkeepGauge(string name, string help, Func<UpkeepStats, long> read)
    {
        MetricFamily<GaugeMetric> family = _metrics.Gauges(name, help, Label);
        family.With(_workspaceId).ReadFrom(() => read(Volatile.Read(ref _upkeep)));
        _removals.Add(() => family.Remove(_workspaceId));
    }

    private void UpkeepCounter(string name, string help, Func<UpkeepStats, long> read)
    {
        MetricFamily<CounterMetric> family = _metrics.Counters(name, help, Label);
        family.With(_workspaceId).ReadFrom(() => read(Volatile.Read(ref _upkeep)));
        _removals.Add(() => family.Remove(_workspaceId));
    }
}
