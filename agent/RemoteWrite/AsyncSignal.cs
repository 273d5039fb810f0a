using AmpEdge.Hosting;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// Wakes one waiting loop. Setting it twice wakes once; setting it while nobody waits makes the next wait return at once.
/// </summary>
internal sealed class AsyncSignal
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _next = NewSource();

    public void Set()
    {
        lock (_lock)
        {
            _next.TrySetResult();
        }
    }

    public async Task WaitAsync(CancellationToken stop)
    {
        await CurrentTask().WaitAsync(stop);
        Reset();
    }

    /// <summary>Returns when set or when the time is over.</summary>
    public async Task WaitAsync(TimeSpan timeout, TimeProvider time, CancellationToken stop)
    {
        Task signalled = CurrentTask();
        if (!signalled.IsCompleted)
        {
            using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(stop);
            await Task.WhenAny(signalled, Task.Delay(LongWait.Bounded(timeout), time, over.Token));
            await over.CancelAsync();
            stop.ThrowIfCancellationRequested();
        }

        Reset();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task CurrentTask()
    {
        lock (_lock)
        {
            return _next.Task;
        }
    }

    private void Reset()
    {
        lock (_lock)
        {
            if (_next.Task.IsCompleted)
            {
                _next = NewSource();
            }
        }
    }
}
