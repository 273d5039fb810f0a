using AmpEdge.Hosting;

namespace AmpEdge.Agent.Scrape;

/// <summary>The metrics of one scrape pool.</summary>
internal sealed record PoolMetrics(
    GaugeMetric Targets, GaugeMetric TargetLimit, CounterMetric Syncs, CounterMetric FailedSyncs,
    SummaryMetric SyncLength, HistogramMetric SyncLengthHistogram, GaugeMetric MetadataEntries, GaugeMetric MetadataBytes);
