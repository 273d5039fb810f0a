using AmpEdge.Hosting;
using Microsoft.Extensions.Logging;

namespace AmpEdge.IngestServer.QueryLogging;

/// <summary>The file of the log of queries, with Prometheus's metrics of it.</summary>
internal static class QueryLogFile
{
    /// <param name="path">The file that the start opens; empty for none.</param>
    /// <param name="metrics">Takes the queue's fill, drops and failures.</param>
    /// <param name="time">The clock of repeated failures.</param>
    /// <param name="log">Takes failures.</param>
    public static LineFile Create(string path, MetricRegistry metrics, TimeProvider time, ILogger log)
    {
        LineFileMetrics counts = new(
            metrics.Gauge("prometheus_engine_query_log_enabled", "Whether queries are logged into a file."),
            metrics.Counter("prometheus_engine_query_log_failures_total", "Lines of the log of queries that could not be written."),
            metrics.Counter("ampedge_query_log_dropped_total", "Lines of the log of queries that found its queue full."));
        LineFile file = new("query log", "query_log_file", path, counts, time, log);
        metrics.Gauge("ampedge_query_log_queue", "Lines of the log of queries that wait to be written.", () => file.QueuedLines);
        metrics.Gauge("ampedge_query_log_queue_limit", "The most lines that may wait.").Set(LineFile.QueueLines);
        return file;
    }
}
