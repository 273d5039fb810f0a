namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>
/// The objects that changed and wait for their targets to be made anew, each once however often it changes. At its
/// bound it forgets them and says that everything is to be made anew. Filled by any thread, emptied by one.
/// </summary>
internal sealed class ChangeQueue : IDisposable
{
    private readonly Lock _changesLock = new();
    private readonly SemaphoreSlim _signal = new(0, 1);
    private readonly HashSet<RelatedObject> _changes = [];
    private readonly KubernetesMetrics _metrics;
    private readonly int _bound;
    private bool _everything;
    private bool _disposed;

    public ChangeQueue(KubernetesMetrics metrics, int bound)
    {
        _metrics = metrics;
        _bound = bound;
    }

    public void Add(RelatedObject changed)
    {
        lock (_changesLock)
        {
            if (_disposed || _everything || !_changes.Add(changed))
            {
                return;
            }

            _metrics.Waiting.Increment();
            if (_changes.Count > _bound)
            {
                _metrics.Overflows.Increment();
                ClearLocked();
                _everything = true;
            }

            SignalLocked();
        }
    }

    /// <summary>Asks for everything.</summary>
    public void AddEverything()
    {
        lock (_changesLock)
        {
            ClearLocked();
            _everything = true;
            SignalLocked();
        }
    }

    /// <summary>Waits until there is something to take.</summary>
    public Task WaitAsync(CancellationToken stop) => _signal.WaitAsync(stop);

    /// <summary>Takes what is there; null means everything.</summary>
    public HashSet<RelatedObject>? Take()
    {
        lock (_changesLock)
        {
            bool everything = _everything;
            HashSet<RelatedObject> changes = [.. _changes];
            ClearLocked();
            _everything = false;
            return everything ? null : changes;
        }
    }

    /// <summary>Gives up what waits.</summary>
    public void Dispose()
    {
        // A watch that others share may be in the middle of telling of a change: it must find nothing to break.
        lock (_changesLock)
        {
            _disposed = true;
            ClearLocked();
            _signal.Dispose();
        }
    }

    private void ClearLocked()
    {
        _metrics.Waiting.Add(-_changes.Count);
        _changes.Clear();
    }

    private void SignalLocked()
    {
        if (_signal.CurrentCount == 0)
        {
            _signal.Release();
        }
    }
}
