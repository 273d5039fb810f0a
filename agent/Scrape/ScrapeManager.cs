using AmpEdge.Agent.Discovery;
using AmpEdge.Prometheus;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Scrape;

/// <summary>One pool for each job of the configuration.</summary>
internal sealed class ScrapeManager : IAsyncDisposable
{
    private readonly Lock _poolsLock = new();
    private readonly SortedDictionary<string, ScrapePool> _pools = new(StringComparer.Ordinal);
    private readonly ISampleStore _store;
    private readonly ScrapeMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly bool _startsLoops;
    private readonly ScrapeThread? _thread;

    /// <param name="store">Takes the samples.</param>
    /// <param name="metrics">Counts for all jobs.</param>
    /// <param name="time">The clock of the loops.</param>
    /// <param name="log">Gets what changes.</param>
    /// <param name="startsLoops">False to leave it to the caller when each loop scrapes.</param>
    /// <param name="thread">Where scrapes begin, if they do so on a thread of their own; it is the clock of the loops, then.</param>
    public ScrapeManager(
        ISampleStore store, ScrapeMetrics metrics, TimeProvider time, ILogger log,
        bool startsLoops = true, ScrapeThread? thread = null)
    {
        _startsLoops = startsLoops;
        _store = store;
        _metrics = metrics;
        _time = thread ?? time;
        _thread = thread;
        _log = log;
        metrics.BeforeCollect(ShowMetadataSizes);
    }

    /// <summary>Makes pools for new jobs, hands the configuration to known ones, and ends those of jobs that are gone.</summary>
    public async Task ApplyAsync(IReadOnlyList<ScrapeJob> jobs)
    {
        List<ScrapePool> gone = [];
        List<Task> reloads = [];
        lock (_poolsLock)
        {
            HashSet<string> names = new(StringComparer.Ordinal);
            foreach (ScrapeJob job in jobs)
            {
                names.Add(job.Name);
                if (_pools.TryGetValue(job.Name, out ScrapePool? known))
                {
                    _metrics.PoolReloads.Increment();
                    reloads.Add(known.ReloadAsync(job));
                }
                else
                {
                    _metrics.PoolsCreated.Increment();
                    _pools.Add(job.Name, new ScrapePool(job, _store, _metrics, _time, _log, _startsLoops, _thread));
                }
            }

            foreach (string name in new List<string>(_pools.Keys))
            {
                if (!names.Contains(name))
                {
                    gone.Add(_pools[name]);
                    _pools.Remove(name);
                }
            }

            _metrics.Pools.Set(_pools.Count);
        }

        await Task.WhenAll(reloads);
        foreach (ScrapePool pool in gone)
        {
            await pool.StopAsync(jobIsGone: true);
            await pool.DisposeAsync();
        }
    }

    /// <summary>Hands discovered groups to their job's pool; groups of a job that is gone are passed over.</summary>
    public Task SyncAsync(string job, IReadOnlyList<TargetGroup> groups)
    {
        ScrapePool? pool;
        lock (_poolsLock)
        {
            _pools.TryGetValue(job, out pool);
        }

        return pool?.SyncAsync(groups) ?? Task.CompletedTask;
    }

    /// <summary>All pools with their targets now, by job.</summary>
    public IReadOnlyList<PoolSnapshot> Snapshot()
    {
        lock (_poolsLock)
        {
            List<PoolSnapshot> snapshots = [];
            foreach (ScrapePool pool in _pools.Values)
            {
                snapshots.Add(pool.Snapshot);
            }

            return snapshots;
        }
    }

    /// <summary>What all targets say of their metric families, the first of each name.</summary>
    public IReadOnlyList<MetricMetadata> Metadata()
    {
        Dictionary<string, MetricMetadata> families = new(StringComparer.Ordinal);
        List<MetricMetadata> ofTarget = [];
        foreach (PoolSnapshot pool in Snapshot())
        {
            foreach (Target target in pool.Active)
            {
                ofTarget.Clear();
                target.Metadata.CopyTo(ofTarget);
                foreach (MetricMetadata family in ofTarget)
                {
                    families.TryAdd(family.FamilyName, family);
                }
            }
        }

        return [.. families.Values];
    }

    private void ShowMetadataSizes()
    {
        lock (_poolsLock)
        {
            foreach (ScrapePool pool in _pools.Values)
            {
                pool.ShowMetadataSize();
            }
        }
    }

    /// <summary>Stops all scraping, leaving series as they are.</summary>
    public async ValueTask DisposeAsync()
    {
        List<ScrapePool> pools;
        lock (_poolsLock)
        {
            pools = [.. _pools.Values];
            _pools.Clear();
        }

        List<Task> stopping = pools.ConvertAll(static pool => pool.DisposeAsync().AsTask());
        await Task.WhenAll(stopping);
    }
}
