using AmpEdge.Hosting;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Discovery;

/// <summary>Tells when something changed in the folders of some patterns.</summary>
internal sealed class FolderWatch : IDisposable
{
    private readonly List<FileSystemWatcher> _watchers = [];
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly Lock _changedLock = new();
    private bool _disposed;

    private FolderWatch()
    {
    }

    /// <summary>Watches what can be watched: a folder that cannot be is left to the refresh interval, with a log line.</summary>
    public static FolderWatch Start(IReadOnlyList<string> patterns, DiscoveryMetrics metrics, ILogger log)
    {
        FolderWatch watch = new();
        HashSet<string> folders = new(StringComparer.Ordinal);
        foreach (string pattern in patterns)
        {
            string folder = FilePattern.FolderOf(pattern);
            if (!folders.Add(folder))
            {
                continue;
            }

            try
            {
                watch.Add(folder, metrics);
            }
            catch (Exception error) when (error is IOException or ArgumentException or UnauthorizedAccessException)
            {
                metrics.FileWatcherErrors.Increment();
                DiscoveryLog.FolderNotWatched(log, folder, error.Message);
            }
        }

        return watch;
    }

    /// <summary>Returns after a change, or with false after <paramref name="atMost"/>.</summary>
    public async Task<bool> WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken stop)
    {
        using CancellationTokenSource timeout = new(LongWait.Bounded(atMost), time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        try
        {
            await _changed.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The interval is over: the caller looks at the files anyway.
            return false;
        }
    }

    public void Dispose()
    {
        foreach (FileSystemWatcher watcher in _watchers)
        {
            watcher.Dispose();
        }

        // An event may still be on its way; it must not find the semaphore gone.
        lock (_changedLock)
        {
            _disposed = true;
            _changed.Dispose();
        }
    }

    private void Add(string folder, DiscoveryMetrics metrics)
    {
        FileSystemWatcher watcher = new(folder)
        {
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size,
        };
        watcher.Changed += (_, _) => Signal();
        watcher.Created += (_, _) => Signal();
        watcher.Deleted += (_, _) => Signal();
        watcher.Renamed += (_, _) => Signal();
        watcher.Error += (_, _) =>
        {
            // Events were lost: what they told of is seen by looking.
            metrics.FileWatcherErrors.Increment();
            Signal();
        };
        _watchers.Add(watcher);
        watcher.EnableRaisingEvents = true;
    }

    private void Signal()
    {
        lock (_changedLock)
        {
            if (!_disposed && _changed.CurrentCount == 0)
            {
                _changed.Release();
            }
        }
    }
}
