using AmpEdge.Hosting;
using AmpEdge.IngestServer.Workspaces;
using AmpEdge.PromQL;

namespace AmpEdge.IngestServer.Query;

/// <summary>Queries in numbers, under the names that Prometheus gives its engine.</summary>
internal sealed class QueryMetrics
{
    private readonly SummaryMetric _queueTime;
    private readonly SummaryMetric _evaluationTime;
    private readonly CounterMetric _samples;
    private readonly MetricFamily<CounterMetric> _failures;
    private readonly MetricFamily<CounterMetric> _workspaceSamples;

    public QueryMetrics(MetricRegistry metrics, Engine engine, int maxConcurrency)
    {
        metrics.Gauge("prometheus_engine_queries", "Queries that are evaluated.", () => maxConcurrency - engine.FreeTurns);
        metrics.Gauge("prometheus_engine_queries_concurrent_max", "The most queries evaluated at a time.").Set(maxConcurrency);
        _samples = metrics.Counter("prometheus_engine_query_samples_total", "Samples that queries looked at.");
        _workspaceSamples = metrics.Counters(
            "ampedge_query_samples_processed_total", "Samples that queries looked at: AMP's QuerySamplesProcessed.", "workspace");
        _failures = metrics.Counters("ampedge_queries_failed_total", "Queries that were not answered, by reason.", "reason");
        foreach (QueryErrorKind kind in Enum.GetValues<QueryErrorKind>())
        {
            _failures.With(ReasonOf(kind));
        }

        MetricFamily<SummaryMetric> durations = metrics.Summaries(
            "prometheus_engine_query_duration_seconds", "Times of queries by part.", "slice");
        _queueTime = durations.With("queue_time");
        _evaluationTime = durations.With("inner_eval");
    }

    public void Count(QueryStatistics statistics, Workspace workspace)
    {
        _queueTime.Observe(statistics.QueueTime.TotalSeconds);
        _evaluationTime.Observe(statistics.EvaluationTime.TotalSeconds);
        _samples.Add(statistics.TotalQueryableSamples);
        _workspaceSamples.With(workspace.Id).Add(statistics.TotalQueryableSamples);
    }

    public void CountFailure(QueryErrorKind kind) => _failures.With(ReasonOf(kind)).Increment();

    private static string ReasonOf(QueryErrorKind kind) => kind switch
    {
        QueryErrorKind.BadData => "bad_data",
        QueryErrorKind.Execution => "execution",
        QueryErrorKind.Timeout => "timeout",
        QueryErrorKind.Canceled => "canceled",
        _ => "internal",
    };
}
