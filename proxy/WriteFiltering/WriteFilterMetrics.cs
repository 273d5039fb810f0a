using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Proxy.WriteFiltering;

/// <summary>What write filters count, by route.</summary>
internal sealed class WriteFilterMetrics(MetricRegistry registry)
{
    private readonly MetricFamily<CounterMetric> _series = registry.Counters(
        "ampedge_proxy_write_filter_series_total",
        "Series of writes on routes with write_relabel_configs, by what became of them: kept, changed, dropped.", "route", "result");
    private readonly MetricFamily<CounterMetric> _samples = registry.Counters(
        "ampedge_proxy_write_filter_dropped_samples_total", "Samples and native histograms of the series that were dropped.", "route");

    /// <summary>The filter of a route; null for one without rules.</summary>
    public RouteWriteFilter? Create(string route, IReadOnlyList<RelabelRule> rules) => rules.Count == 0
        ? null
        : new RouteWriteFilter(
            rules,
            new OfRoute(_series.With(route, "kept"), _series.With(route, "changed"), _series.With(route, "dropped"), _samples.With(route)));

    /// <summary>The metrics of one route, ready-made.</summary>
    internal sealed class OfRoute(CounterMetric kept, CounterMetric changed, CounterMetric dropped, CounterMetric samples)
    {
        public void Count(WriteFilterCounts counts)
        {
            kept.Add(counts.Kept);
            changed.Add(counts.Changed);
            dropped.Add(counts.Dropped);
            samples.Add(counts.DroppedSamples + counts.DroppedHistograms);
        }
    }
}
