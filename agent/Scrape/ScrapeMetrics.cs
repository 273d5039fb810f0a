using AmpEdge.Hosting;

namespace AmpEdge.Agent.Scrape;

/// <summary>The metrics of scraping, by Prometheus's names.</summary>
internal sealed class ScrapeMetrics(MetricRegistry registry)
{
    private static readonly double[] s_lengthBounds = [0.01, 0.1, 1, 10];

    private readonly MetricFamily<GaugeMetric> _poolTargets = registry.Gauges(
        "prometheus_target_scrape_pool_targets", "Current number of targets in this scrape pool.", "scrape_job");

    private readonly MetricFamily<GaugeMetric> _poolTargetLimits = registry.Gauges(
        "prometheus_target_scrape_pool_target_limit",
        "Maximum number of targets allowed in this scrape pool.",
        "scrape_job");

    private readonly MetricFamily<CounterMetric> _poolSyncs = registry.Counters(
        "prometheus_target_scrape_pool_sync_total",
        "Total number of syncs that were executed on a scrape pool.",
        "scrape_job");

    private readonly MetricFamily<CounterMetric> _syncsFailed = registry.Counters(
        "prometheus_target_sync_failed_total", "Total number of target sync failures.", "scrape_job");

    private readonly MetricFamily<SummaryMetric> _syncLengths = registry.Summaries(
        "prometheus_target_sync_length_seconds", "Actual interval to sync the scrape pool.", "scrape_job");

    private readonly MetricFamily<SummaryMetric> _intervalLengths = registry.Summaries(
        "prometheus_target_interval_length_seconds", "Actual intervals between scrapes.", "interval");

    private readonly MetricFamily<HistogramMetric> _syncLengthHistograms = registry.Histograms(
        "prometheus_target_sync_length_histogram_seconds", "Actual interval to sync the scrape pool.", s_lengthBounds, "scrape_job");

    private readonly MetricFamily<HistogramMetric> _intervalLengthHistograms = registry.Histograms(
        "prometheus_target_interval_length_histogram_seconds", "Actual intervals between scrapes.", s_lengthBounds, "interval");

    private readonly MetricFamily<SummaryMetric> _reloadLengths = registry.Summaries(
        "prometheus_target_reload_length_seconds", "Actual interval to reload the scrape pool with a given configuration.", "interval");

    private readonly MetricFamily<GaugeMetric> _metadataEntries = registry.Gauges(
        "prometheus_target_metadata_cache_entries", "Total number of metric metadata entries in the cache", "scrape_job");

    private readonly MetricFamily<GaugeMetric> _metadataBytes = registry.Gauges(
        "prometheus_target_metadata_cache_bytes",
        "The number of bytes that are currently used for storing metric metadata in the cache",
        "scrape_job");

    public CounterMetric PoolsCreated { get; } = registry.Counter(
        "prometheus_target_scrape_pools_total", "Total number of scrape pool creation attempts.");

    /// <summary>Stays at zero: a job whose pool could not be made is refused with the configuration.</summary>
    public CounterMetric PoolsFailed { get; } = registry.Counter(
        "prometheus_target_scrape_pools_failed_total", "Total number of scrape pool creations that failed.");

    public CounterMetric PoolReloads { get; } = registry.Counter(
        "prometheus_target_scrape_pool_reloads_total", "Total number of scrape pool reloads.");

    /// <summary>Stays at zero, for the same reason.</summary>
    public CounterMetric PoolReloadsFailed { get; } = registry.Counter(
        "prometheus_target_scrape_pool_reloads_failed_total", "Total number of failed scrape pool reloads.");

    public CounterMetric ExceededLabelLimits { get; } = registry.Counter(
        "prometheus_target_scrape_pool_exceeded_label_limits_total",
        "Total number of times scrape pools hit the label limits, during sync or config reload.");

    /// <summary>Stays at zero: the order of samples is the destination's business, and none is rejected here.</summary>
    public CounterMetric OutOfOrderSamples { get; } = registry.Counter(
        "prometheus_target_scrapes_sample_out_of_order_total",
        "Total number of samples rejected due to not being out of the expected order.");

    /// <summary>A target whose page failed half-way left too many lines of it in memory, and they were given up.</summary>
    public CounterMetric CacheFlushForced { get; } = registry.Counter(
        "prometheus_target_scrapes_cache_flush_forced_total",
        "How many times a scrape cache was flushed due to getting big while scrapes are failing.");

    public HistogramMetric ScrapeDuration { get; } = registry.Histogram(
        "prometheus_target_scrape_duration_seconds", "Total duration of the scrape from start to commit completion in seconds.",
        s_lengthBounds);

    public GaugeMetric Pools { get; } = registry.Gauge(
        "ampedge_scrape_pools", "Scrape pools, one for each job of the configuration.");

    public CounterMetric ExceededBodySizeLimit { get; } = registry.Counter(
        "prometheus_target_scrapes_exceeded_body_size_limit_total",
        "Total number of scrapes that hit the body size limit");

    public CounterMetric ExceededSampleLimit { get; } = registry.Counter(
        "prometheus_target_scrapes_exceeded_sample_limit_total",
        "Total number of scrapes that hit the sample limit and were rejected.");

    public CounterMetric ExceededBucketLimit { get; } = registry.Counter(
        "prometheus_target_scrapes_exceeded_native_histogram_bucket_limit_total",
        "Total number of scrapes that hit the native histogram bucket limit and were rejected.");

    public CounterMetric OverSeriesLimit { get; } = registry.Counter(
        "ampedge_scrape_samples_over_series_limit_total",
        "Samples left out because their target had more series than series_limit; the others were kept.");

    public CounterMetric OverMemory { get; } = registry.Counter(
        "ampedge_scrape_samples_over_memory_total",
        "Samples of new series that were left out because memory was full, those over a series_limit among them.");

    public CounterMetric NotConverted { get; } = registry.Counter(
        "ampedge_scrape_histograms_not_converted_total",
        "Classic histograms whose counts make no native one, so that nothing was stored of them.");

    public CounterMetric ExceededTargetLimit { get; } = registry.Counter(
        "prometheus_target_scrape_pool_exceeded_target_limit_total",
        "Total number of times scrape pools hit the target limit, during sync or config reload.");

    public CounterMetric DuplicateSamples { get; } = registry.Counter(
        "prometheus_target_scrapes_sample_duplicate_timestamp_total",
        "Total number of samples rejected due to duplicate timestamps but different values.");

    public CounterMetric OutOfBoundsSamples { get; } = registry.Counter(
        "prometheus_target_scrapes_sample_out_of_bounds_total",
        "Total number of samples rejected due to timestamp falling outside of the time bounds.");

    /// <summary>Scrapes by outcome would be a label of no use to dashboards; the failures are counted apart.</summary>
    public CounterMetric Scrapes { get; } = registry.Counter("ampedge_scrapes_total", "Scrapes that were made.");

    public CounterMetric FailedScrapes { get; } = registry.Counter(
        "ampedge_scrapes_failed_total", "Scrapes that gave no samples: target unreachable, page malformed, limit hit.");

    public CounterMetric Samples { get; } = registry.Counter(
        "ampedge_scrape_samples_total", "Samples that scrapes left in the buffer, report series included.");

    public CounterMetric LostSamples { get; } = registry.Counter(
        "ampedge_scrape_samples_lost_total", "Samples that the buffer could not write.");

    public PoolMetrics Pool(string job) => new(
        _poolTargets.With(job), _poolTargetLimits.With(job), _poolSyncs.With(job), _syncsFailed.With(job), _syncLengths.With(job),
        _syncLengthHistograms.With(job),
        _metadataEntries.With(job), _metadataBytes.With(job));

    /// <summary>The time between scrapes of targets with this interval.</summary>
    public SummaryMetric IntervalLength(TimeSpan interval) => _intervalLengths.With(PrometheusDuration.Format(interval));

    /// <summary>The same in buckets.</summary>
    public HistogramMetric IntervalLengthHistogram(TimeSpan interval) =>
        _intervalLengthHistograms.With(PrometheusDuration.Format(interval));

    /// <summary>How long reloads of pools with this interval take.</summary>
    public SummaryMetric ReloadLength(TimeSpan interval) => _reloadLengths.With(PrometheusDuration.Format(interval));

    /// <summary>Runs before each scrape of our own page.</summary>
    public void BeforeCollect(Action update) => registry.BeforeCollect(update);

    public void RemovePool(string job)
    {
        _poolTargets.Remove(job);
        _poolTargetLimits.Remove(job);
        _poolSyncs.Remove(job);
        _syncsFailed.Remove(job);
        _syncLengths.Remove(job);
        _syncLengthHistograms.Remove(job);
        _metadataEntries.Remove(job);
        _metadataBytes.Remove(job);
    }
}
