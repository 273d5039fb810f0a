namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>One user's share of a watch; the watch ends when the last share is given back.</summary>
internal sealed class WatchLease(ResourceWatch watch, Func<ValueTask> release) : IAsyncDisposable
{
    private int _released;

    public ResourceWatch Watch { get; } = watch;

    public ValueTask DisposeAsync() =>
        Interlocked.Exchange(ref _released, 1) == 0 ? release() : ValueTask.CompletedTask;
}
