using AmpEdge.Hosting;

namespace AmpEdge.IngestServer.RemoteRead;

/// <summary>
/// Lets so many remote reads run at a time; others wait for their turn, up to a bound beyond which they are turned away.
/// </summary>
internal sealed class RemoteReadGate : IDisposable
{
    /// <summary>Waiting requests for each one that may run.</summary>
    private const int WaitingPerRunning = 8;

    private readonly SemaphoreSlim _turns;
    private readonly int _capacity;
    private readonly CounterMetric _refused;
    private int _inside;

    public RemoteReadGate(int maxConcurrency, MetricRegistry metrics)
    {
        _turns = new SemaphoreSlim(maxConcurrency);
        _capacity = maxConcurrency * (1 + WaitingPerRunning);
        metrics.Gauge(
            "prometheus_remote_read_handler_queries", "Remote reads that are answered or wait for their turn.",
            () => Volatile.Read(ref _inside));
        metrics.Gauge(
            "ampedge_remote_read_handler_queries_limit", "The most remote reads that may be answered or wait.").Set(_capacity);
        _refused = metrics.Counter(
            "ampedge_remote_reads_refused_total", "Remote reads refused because too many were running and waiting.");
    }

    /// <summary>What a read that was turned away is told.</summary>
    public string Refusal => $"too many remote reads are running and waiting (limit: {_capacity}), try again later";

    /// <summary>Waits for a turn; false when too many wait already. A turn that was got is given back by <see cref="Leave"/>.</summary>
    public async Task<bool> TryEnterAsync(CancellationToken cancel)
    {
        if (Interlocked.Increment(ref _inside) > _capacity)
        {
            Interlocked.Decrement(ref _inside);
            _refused.Increment();
            return false;
        }

        try
        {
            await _turns.WaitAsync(cancel);
            return true;
        }
        catch (OperationCanceledException)
        {
            Interlocked.Decrement(ref _inside);
            throw;
        }
    }

    public void Leave()
    {
        _turns.Release();
        Interlocked.Decrement(ref _inside);
    }

    public void Dispose() => _turns.Dispose();
}
