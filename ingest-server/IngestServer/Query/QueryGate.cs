using AmpEdge.Hosting;
using AmpEdge.QueryApi;

namespace AmpEdge.IngestServer.Query;

/// <summary>
/// Bounds the queries that are evaluated or wait for their turn. The engine runs so many at a time; those that wait
/// hold their request's memory, so there is an end to them too, and beyond it the caller is told to come back.
/// </summary>
internal sealed class QueryGate
{
    /// <summary>Waiting queries for each one that may run.</summary>
    private const int WaitingPerRunning = 8;

    private readonly int _capacity;
    private readonly CounterMetric _refused;
    private int _inside;

    public QueryGate(int maxConcurrency, MetricRegistry metrics)
    {
        _capacity = maxConcurrency * (1 + WaitingPerRunning);
        _refused = metrics.Counter(
            "ampedge_queries_refused_total", "Queries refused because too many were running and waiting.");
        metrics.Gauge(
            "ampedge_queries_inside", "Queries that are evaluated or wait for their turn.",
            () => Volatile.Read(ref _inside));
        metrics.Gauge(
            "ampedge_queries_inside_limit", "The most queries that may be evaluated or wait.").Set(_capacity);
    }

    /// <summary>What a query that <see cref="TryEnter"/> turned away is told.</summary>
    public ApiError Refusal => new(
        ApiErrorKind.Unavailable, $"too many queries are running and waiting (limit: {_capacity}), try again later");

    /// <summary>A pass to be disposed when the query has ended; null when the gate is full.</summary>
    public Pass? TryEnter()
    {
        if (Interlocked.Increment(ref _inside) <= _capacity)
        {
            return new Pass(this);
        }

        Interlocked.Decrement(ref _inside);
        _refused.Increment();
        return null;
    }

    internal sealed class Pass(QueryGate gate) : IDisposable
    {
        private QueryGate? _gate = gate;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _gate, null) is { } open)
            {
                Interlocked.Decrement(ref open._inside);
            }
        }
    }
}
