using AmpEdge.Hosting;

namespace AmpEdge.IngestServer.Ingest;

/// <summary>What one workspace took and refused.</summary>
internal sealed class IngestMetrics
{
    private readonly CounterMetric _samples;
    private readonly CounterMetric _repeated;
    private readonly CounterMetric _exemplars;
    private readonly CounterMetric _metadata;
    private readonly CounterMetric _metadataRefused;
    private readonly CounterMetric[] _discarded;

    public IngestMetrics(MetricRegistry metrics, string workspaceId)
    {
        _samples = metrics.Counters(
            "ampedge_ingest_samples_total", "Samples stored.", "workspace").With(workspaceId);
        _repeated = metrics.Counters(
            "ampedge_ingest_repeated_samples_total",
            "Samples that were stored already with the same value; accepted silently.", "workspace").With(workspaceId);
        _exemplars = metrics.Counters(
            "ampedge_ingest_ignored_exemplars_total",
            "Exemplars not stored: older than the newest of their series, too long, or of no series.", "workspace").With(workspaceId);
        _metadata = metrics.Counters(
            "ampedge_ingest_metadata_total", "Metadata entries received.", "workspace").With(workspaceId);
        _metadataRefused = metrics.Counters(
            "ampedge_ingest_refused_metadata_total",
            "Metadata entries refused for a name or unit of more than 1 KiB.", "workspace").With(workspaceId);
        MetricFamily<CounterMetric> discarded = metrics.Counters(
            "ampedge_discarded_samples_total", "Samples refused, by reason.", "workspace", "reason");
        _discarded = new CounterMetric[DiscardReasons.Count];
        for (int reason = 1; reason < _discarded.Length; reason++)
        {
            _discarded[reason] = discarded.With(workspaceId, DiscardReasons.Name((DiscardReason)reason));
        }
    }

    public void Count(WriteTally tally)
    {
        _samples.Add(tally.Samples);
        _repeated.Add(tally.Repeated);
        _exemplars.Add(tally.ExemplarsIgnored);
        _metadata.Add(tally.Metadata);
        _metadataRefused.Add(tally.MetadataRefused);
        for (int reason = 1; reason < _discarded.Length; reason++)
        {
            if (tally.Discarded((DiscardReason)reason) is > 0 and var count)
            {
                _discarded[reason].Add(count);
            }
        }
    }
}
