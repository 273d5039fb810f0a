namespace AmpEdge.Agent.Discovery;

/// <summary>A discoverer at work, with the groups that it has reported so far.</summary>
internal sealed class RunningDiscoverer : IAsyncDisposable
{
    private readonly Lock _groupsLock = new();
    private readonly SortedDictionary<string, TargetGroup> _groups = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Action _changed;
    private Task _work = Task.CompletedTask;
    private IStatusReporter? _reporter;
    private bool _hasReported;

    /// <param name="signature">What the discoverer was configured with; equal ones need no restart.</param>
    /// <param name="changed">Called after the first report, and after each that changes anything.</param>
    public RunningDiscoverer(string signature, Action changed)
    {
        Signature = signature;
        _changed = changed;
    }

    public string Signature { get; }

    /// <summary>True once there was a report, or there will be none any more.</summary>
    public bool HasReported => Volatile.Read(ref _hasReported) || _work.IsCompleted;

    /// <summary>Begins; what the discoverer reports before it first waits is there when this returns.</summary>
    public void Start(IDiscoverer discoverer, Action<Exception> failed)
    {
        _reporter = discoverer as IStatusReporter;
        _work = RunAsync(discoverer, failed);
    }

    /// <summary>How the discoverer fares; null for kinds that do not ask anybody.</summary>
    public DiscovererStatus? Status => _reporter?.Status;

    public void CopyGroupsTo(List<TargetGroup> target)
    {
        lock (_groupsLock)
        {
            target.AddRange(_groups.Values);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _stop.Dispose();
    }

    private async Task RunAsync(IDiscoverer discoverer, Action<Exception> failed)
    {
        try
        {
            await discoverer.RunAsync(Take, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped by us; its groups leave with it.
            return;
        }
        catch (Exception error)
        {
            failed(error);

            // There will be no report any more, so what its predecessors had found is not kept waiting for one.
            Volatile.Write(ref _hasReported, true);
            _changed();
        }
    }

    private void Take(IReadOnlyList<TargetGroup> groups)
    {
        // What is reported again as it was must not make its job look through all its targets.
        bool changed = !_hasReported;
        lock (_groupsLock)
        {
            foreach (TargetGroup group in groups)
            {
                changed |= TakeLocked(group);
            }
        }

        Volatile.Write(ref _hasReported, true);
        if (changed)
        {
            _changed();
        }
    }

    /// <summary>False when nothing is new.</summary>
    private bool TakeLocked(TargetGroup group)
    {
        if (group.Targets.Count == 0)
        {
            return _groups.Remove(group.Source);
        }

        if (_groups.TryGetValue(group.Source, out TargetGroup? known) && known.HasSameTargets(group))
        {
            return false;
        }

        _groups[group.Source] = group;
        return true;
    }
}
