using AmpEdge.Hosting;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Discovery;

/// <summary>
/// Runs the discoverers of all jobs and hands each job's groups on, at most once per <see cref="UpdateInterval"/>
/// however often they change. A reload keeps the discoverers whose configuration is the same.
/// </summary>
internal sealed class DiscoveryManager : IAsyncDisposable
{
    /// <summary>The shortest time between two updates of all jobs.</summary>
    public static readonly TimeSpan UpdateInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _jobsLock = new();
    private readonly Dictionary<string, List<RunningDiscoverer>> _jobs = new(StringComparer.Ordinal);

    /// <summary>By job, what discoverers had found that a reload ended, until all that follow them have found something out.</summary>
    private readonly Dictionary<string, List<TargetGroup>> _held = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changedJobs = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly Func<string, IReadOnlyList<TargetGroup>, Task> _update;
    private readonly DiscoveryMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly RepeatedErrorGate _problems;

    /// <param name="update">Takes a job's name and all its groups. Awaited before the next.</param>
    /// <param name="metrics">Counts targets and updates.</param>
    /// <param name="time">The clock of <see cref="UpdateInterval"/>.</param>
    /// <param name="log">Gets the failures of discoverers.</param>
    public DiscoveryManager(
        Func<string, IReadOnlyList<TargetGroup>, Task> update, DiscoveryMetrics metrics, TimeProvider time, ILogger log)
    {
        _update = update;
        _metrics = metrics;
        _time = time;
        _log = log;
        _problems = new RepeatedErrorGate(time);
    }

    /// <summary>Starts, keeps and stops discoverers so that exactly those of <paramref name="jobs"/> run.</summary>
    public async Task ApplyAsync(IReadOnlyList<DiscoveryJob> jobs)
    {
        List<RunningDiscoverer> surplus = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (DiscoveryJob job in jobs)
        {
            names.Add(job.Name);
            Apply(job, surplus);
            MarkChanged(job.Name);
        }

        lock (_jobsLock)
        {
            foreach (string name in new List<string>(_jobs.Keys))
            {
                if (!names.Contains(name))
                {
                    surplus.AddRange(_jobs[name]);
                    _jobs.Remove(name);
                    _held.Remove(name);
                    _metrics.RemoveJob(name);
                }
            }
        }

        foreach (RunningDiscoverer discoverer in surplus)
        {
            await discoverer.DisposeAsync();
        }
    }

    /// <summary>Hands changed groups on until <paramref name="stop"/>.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await _changed.WaitAsync(stop);
            long started = _time.GetTimestamp();
            await HandOverAsync();
            if (_changed.CurrentCount > 0 && _time.GetElapsedTime(started) >= UpdateInterval)
            {
                _metrics.Delayed.Increment();
            }

            await Task.Delay(UpdateInterval, _time, stop);
        }
    }

    /// <summary>The jobs with a discoverer that has found nothing out yet, not even that there is nothing.</summary>
    public IReadOnlyList<string> WaitingJobs()
    {
        lock (_jobsLock)
        {
            List<string> waiting = [];
            foreach ((string job, List<RunningDiscoverer> discoverers) in _jobs)
            {
                if (!discoverers.TrueForAll(static discoverer => discoverer.HasReported))
                {
                    waiting.Add(job);
                }
            }

            return waiting;
        }
    }

    /// <summary>How the discoverers of a job fare, those that ask somebody.</summary>
    public IReadOnlyList<DiscovererStatus> StatusOf(string job)
    {
        lock (_jobsLock)
        {
            List<DiscovererStatus> all = [];
            foreach (RunningDiscoverer discoverer in _jobs.GetValueOrDefault(job) ?? [])
            {
                if (discoverer.Status is { } status)
                {
                    all.Add(status);
                }
            }

            return all;
        }
    }

    /// <summary>Hands on what has changed by now.</summary>
    internal async Task HandOverAsync()
    {
        List<string> changed;
        lock (_jobsLock)
        {
            changed = [.. _changedJobs];
            _changedJobs.Clear();
        }

        foreach (string job in changed)
        {
            try
            {
                await HandOverAsync(job);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // One job's trouble must not end the loop that all jobs get their targets by.
                if (_problems.ShouldLog($"{job}: {error.Message}", out long heldBack))
                {
                    DiscoveryLog.HandOverFailed(_log, job, error.Message, heldBack, error);
                }

                _metrics.Delayed.Increment();
                MarkChanged(job);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ApplyAsync([]);
        _changed.Dispose();
    }

    private async Task HandOverAsync(string job)
    {
        List<TargetGroup> groups = [];
        if (TryCopyGroups(job, groups))
        {
            _metrics.Discovered(job).Set(CountTargets(groups));
            _metrics.Updates.Increment();
            await _update(job, groups);
            _metrics.LastUpdate(job).Set(_time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
        }
    }

    private void Apply(DiscoveryJob job, List<RunningDiscoverer> surplus)
    {
        List<RunningDiscoverer> running;
        lock (_jobsLock)
        {
            running = _jobs.GetValueOrDefault(job.Name) ?? [];
        }

        // New ones begin before old ones end, so that targets found by both never leave in between.
        List<RunningDiscoverer> wanted = [];
        List<RunningDiscoverer> unclaimed = [.. running];
        foreach ((string signature, Func<IDiscoverer> create) in job.Discoverers)
        {
            int known = unclaimed.FindIndex(discoverer => discoverer.Signature == signature);
            if (known >= 0)
            {
                wanted.Add(unclaimed[known]);
                unclaimed.RemoveAt(known);
                continue;
            }

            RunningDiscoverer started = new(signature, () => Changed(job.Name));
            started.Start(create(), error => DiscoveryLog.DiscovererFailed(_log, job.Name, error));
            wanted.Add(started);
        }

        lock (_jobsLock)
        {
            List<TargetGroup> held = _held.Remove(job.Name, out List<TargetGroup>? earlier) ? earlier : [];
            if (!wanted.TrueForAll(static discoverer => discoverer.HasReported))
            {
                unclaimed.ForEach(ended => ended.CopyGroupsTo(held));
                _held[job.Name] = held;
            }

            _jobs[job.Name] = wanted;
        }

        surplus.AddRange(unclaimed);
    }

    private void Changed(string job)
    {
        _metrics.Received.Increment();
        MarkChanged(job);
    }

    private void MarkChanged(string job)
    {
        lock (_jobsLock)
        {
            _changedJobs.Add(job);
            if (_changed.CurrentCount == 0)
            {
                _changed.Release();
            }
        }
    }

    private bool TryCopyGroups(string job, List<TargetGroup> groups)
    {
        lock (_jobsLock)
        {
            if (!_jobs.TryGetValue(job, out List<RunningDiscoverer>? discoverers))
            {
                return false;
            }

            foreach (RunningDiscoverer discoverer in discoverers)
            {
                discoverer.CopyGroupsTo(groups);
            }

            if (discoverers.TrueForAll(static discoverer => discoverer.HasReported))
            {
                _held.Remove(job);
            }
            else if (_held.TryGetValue(job, out List<TargetGroup>? held))
            {
                groups.AddRange(held);
            }

            return true;
        }
    }

    private static int CountTargets(List<TargetGroup> groups)
    {
        int count = 0;
        foreach (TargetGroup group in groups)
        {
            count += group.Targets.Count;
        }

        return count;
    }
}
