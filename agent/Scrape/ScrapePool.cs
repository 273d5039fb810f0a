using System.Globalization;
using AmpEdge.Agent.Discovery;
using AmpEdge.Prometheus;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Scrape;

/// <summary>The targets of one job: keeps one loop running for each, whatever discovery and reloads bring.</summary>
internal sealed class ScrapePool : IAsyncDisposable
{
    private readonly SemaphoreSlim _syncing = new(1);
    private readonly Dictionary<ulong, ScrapeLoop> _loops = [];
    private readonly LabelsBuilder _labels = new();
    private readonly SampleBatchPool _batches = new();
    private readonly MetadataPool _metadata = new();
    private readonly ISampleStore _store;
    private readonly ScrapeMetrics _metrics;
    private readonly PoolMetrics _poolMetrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly bool _startsLoops;
    private readonly ScrapeThread? _thread;
    private ScrapeJob _job;
    private HttpMessageInvoker _client;

    /// <summary>No loop begins any more. Guarded by the semaphore.</summary>
    private bool _isStopped;
    private IReadOnlyList<TargetGroup> _groups = [];
    private PoolSnapshot _snapshot;

    /// <param name="job">The job.</param>
    /// <param name="store">Takes the samples.</param>
    /// <param name="metrics">Counts for all jobs.</param>
    /// <param name="time">The clock of the loops.</param>
    /// <param name="log">Gets what changes.</param>
    /// <param name="startsLoops">False to leave it to the caller when each loop scrapes.</param>
    /// <param name="thread">Where scrapes begin, if they do so on a thread of their own; it is the clock of the loops, then.</param>
    public ScrapePool(
        ScrapeJob job, ISampleStore store, ScrapeMetrics metrics, TimeProvider time, ILogger log,
        bool startsLoops = true, ScrapeThread? thread = null)
    {
        _startsLoops = startsLoops;
        _job = job;
        _store = store;
        _metrics = metrics;
        _poolMetrics = metrics.Pool(job.Name);
        _time = thread ?? time;
        _thread = thread;
        _log = log;
        _client = job.CreateClient();
        _snapshot = PoolSnapshot.Empty(job.Name);
    }

    /// <summary>The pool's targets now; replaced whole at each sync.</summary>
    public PoolSnapshot Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>Sets the gauges that are read off the targets.</summary>
    public void ShowMetadataSize()
    {
        long entries = 0;
        long bytes = 0;
        foreach (Target target in Snapshot.Active)
        {
            entries += target.Metadata.Count;
            bytes += target.Metadata.Bytes;
        }

        _poolMetrics.MetadataEntries.Set(entries);
        _poolMetrics.MetadataBytes.Set(bytes);
    }

    /// <summary>Takes what discovery has found: new targets start, those that are gone end, the others go on.</summary>
    public async Task SyncAsync(IReadOnlyList<TargetGroup> groups)
    {
        await _syncing.WaitAsync();
        try
        {
            // Discovery may still be on its way with what it found when the job went.
            if (!_isStopped)
            {
                _groups = groups;
                await SyncLockedAsync();
            }
        }
        finally
        {
            _syncing.Release();
        }
    }

    /// <summary>
    /// Takes a new configuration. When nothing changed that loops depend on, those of targets that stay go on; else each
    /// starts anew, without staleness markers, and with what was known of its target and series where that still holds.
    /// </summary>
    public async Task ReloadAsync(ScrapeJob job)
    {
        await _syncing.WaitAsync();
        long started = _time.GetTimestamp();
        try
        {
            ScrapeJob old = _job;
            _job = job;
            if (job.LoopSignature == old.LoopSignature)
            {
                await SyncLockedAsync();
                return;
            }

            HttpMessageInvoker oldClient = _client;
            _client = job.CreateClient();
            await RestartLoopsAsync(keepCaches: job.CacheSignature == old.CacheSignature);
            await SyncLockedAsync();
            oldClient.Dispose();
        }
        finally
        {
            _metrics.ReloadLength(job.Interval).Observe(_time.GetElapsedTime(started).TotalSeconds);
            _syncing.Release();
        }
    }

    /// <summary>Ends all loops; with markers when the job is gone from the configuration, without when the process stops.</summary>
    public async Task StopAsync(bool jobIsGone)
    {
        await _syncing.WaitAsync();
        try
        {
            _isStopped = true;
            await StopLoopsAsync([.. _loops.Values], jobIsGone);
            _loops.Clear();
            Publish([], 0);
        }
        finally
        {
            _syncing.Release();
        }

        _client.Dispose();
        if (jobIsGone)
        {
            _metrics.RemovePool(_job.Name);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The semaphore stays: it has nothing to dispose of, and who comes late is to find it.
        if (!_isStopped)
        {
            await StopAsync(jobIsGone: false);
        }
    }

    private async Task SyncLockedAsync()
    {
        long started = _time.GetTimestamp();
        _poolMetrics.Syncs.Increment();
        Dictionary<ulong, Target> wanted = MakeTargets(out List<Labels> dropped, out int droppedCount);
        await SwitchToAsync(wanted);
        Publish(dropped, droppedCount);
        double seconds = _time.GetElapsedTime(started).TotalSeconds;
        _poolMetrics.SyncLength.Observe(seconds);
        _poolMetrics.SyncLengthHistogram.Observe(seconds);
    }

    private Dictionary<ulong, Target> MakeTargets(out List<Labels> dropped, out int droppedCount)
    {
        dropped = [];
        droppedCount = 0;
        Dictionary<ulong, Target> wanted = [];
        foreach (TargetGroup group in _groups)
        {
            foreach (Labels discoveredTarget in group.Targets)
            {
                Target? target = TargetLabels.Make(
                    _job, discoveredTarget, group.Labels, _labels, out Labels discovered, out string? problem);
                if (problem is not null)
                {
                    _poolMetrics.FailedSyncs.Increment();
                    ScrapeLog.TargetRefused(
                        _log, _job.Name, $"instance {discovered} in group {group.Source}: {problem}");
                }
                else if (target is not null)
                {
                    wanted.TryAdd(target.Hash, target);
                }
                else
                {
                    droppedCount++;
                    if (_job.KeepDroppedTargets == 0 || dropped.Count < _job.KeepDroppedTargets)
                    {
                        dropped.Add(discovered);
                    }
                }
            }
        }

        return wanted;
    }

    private async Task SwitchToAsync(Dictionary<ulong, Target> wanted)
    {
        List<ScrapeLoop> gone = [];
        foreach ((ulong hash, ScrapeLoop loop) in _loops)
        {
            if (!wanted.ContainsKey(hash))
            {
                gone.Add(loop);
            }
        }

        foreach (ScrapeLoop loop in gone)
        {
            _loops.Remove(loop.Target.Hash);
        }

        List<ScrapeLoop> started = [];
        foreach ((ulong hash, Target target) in wanted)
        {
            if (_loops.TryGetValue(hash, out ScrapeLoop? running))
            {
                running.Target.DiscoveredLabels = target.DiscoveredLabels;
                continue;
            }

            ScrapeLoop loop = CreateLoop(target, NewCache(target));
            _loops.Add(hash, loop);
            started.Add(loop);
        }

        ForceProblem();
        if (_startsLoops)
        {
            started.ForEach(static loop => loop.Start());
        }

        await StopLoopsAsync(gone, targetIsGone: true);
        if (gone.Count + started.Count > 0)
        {
            ScrapeLog.PoolSynced(_log, _job.Name, started.Count, gone.Count, _loops.Count - started.Count);
        }
    }

    private void ForceProblem()
    {
        _poolMetrics.Targets.Set(_loops.Count);
        _poolMetrics.TargetLimit.Set(_job.TargetLimit);
        string? problem = null;
        if (_job.TargetLimit > 0 && _loops.Count > _job.TargetLimit)
        {
            _metrics.ExceededTargetLimit.Increment();
            problem = string.Create(
                CultureInfo.InvariantCulture,
                $"target_limit exceeded (number of targets: {_loops.Count}, limit: {_job.TargetLimit})");
        }

        foreach (ScrapeLoop loop in _loops.Values)
        {
            loop.ForcedProblem = problem;
        }
    }

    /// <summary>
    /// The loops of targets that stay stop quietly, without markers, and others take their place; what discovery or
    /// the new configuration gives up is left to the sync.
    /// </summary>
    private async Task RestartLoopsAsync(bool keepCaches)
    {
        Dictionary<ulong, Target> wanted = MakeTargets(out _, out _);
        List<ScrapeLoop> restarted = [];
        foreach (ScrapeLoop loop in _loops.Values)
        {
            if (wanted.ContainsKey(loop.Target.Hash))
            {
                restarted.Add(loop);
            }
        }

        await StopLoopsAsync(restarted, targetIsGone: false, keepCaches);
        foreach (ScrapeLoop stopped in restarted)
        {
            Target target = stopped.Target;
            ScrapeLoop loop = CreateLoop(target, keepCaches ? stopped.Cache : NewCache(target));
            _loops[target.Hash] = loop;
            loop.ForcedProblem = stopped.ForcedProblem;
            loop.Start();
        }
    }

    private static async Task StopLoopsAsync(List<ScrapeLoop> loops, bool targetIsGone, bool keepCaches = false)
    {
        List<Task> stopping = loops.ConvertAll(loop => loop.StopAsync(targetIsGone, keepCaches));
        await Task.WhenAll(stopping);
        foreach (ScrapeLoop loop in loops)
        {
            loop.Dispose();
        }
    }

    private ScrapeLoop CreateLoop(Target target, ScrapeCache cache) => new(
        _job.Loop,
        target,
        new TargetFetcher(_client, target.Url, target.Timeout, _job.Fetch, _time, _thread),
        cache,
        _store,
        _batches,
        _metrics,
        _time,
        _log);

    private ScrapeCache NewCache(Target target)
    {
        SampleLabels labels = new(
            target.PublicLabels, _job.HonorLabels, _job.Utf8Names, _job.MetricRelabelRules, _job.Limits);
        ScrapeCacheOptions options = _job.Samples with
        {
            Histograms = target.Histograms.Forms,
            ConvertClassicHistograms = target.Histograms.ConvertClassic,
        };
        target.Metadata.ShareBy(_metadata);
        return new ScrapeCache(_store, labels, target.Metadata, options);
    }

    private void Publish(List<Labels> dropped, int droppedCount)
    {
        List<ScrapeLoop> loops = [.. _loops.Values];
        loops.Sort(static (left, right) => left.Target.Labels.CompareTo(right.Target.Labels));
        List<Target> targets = loops.ConvertAll(static loop => loop.Target);
        PoolSnapshot snapshot = new(_job.Name, targets, dropped, droppedCount)
        {
            Loops = loops,
            MetricRelabelRules = _job.MetricRelabelRules,
            Definition = _job,
        };
        Volatile.Write(ref _snapshot, snapshot);
    }
}
