using AmpEdge.Prometheus;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Discovery;

/// <summary>
/// The targets of <c>file_sd_configs</c>: reads the files that the patterns match at start, whenever a watched folder
/// changes, and every refresh interval in case a change went unseen. A file that cannot be read or is not valid leaves
/// its targets as they were.
/// </summary>
internal sealed class FileDiscoverer : IDiscoverer
{
    private const string FilePathLabel = "__meta_filepath";

    /// <summary>Editors write a file in several steps; reading waits until they are quiet for this long.</summary>
    private static readonly TimeSpan s_quietTime = TimeSpan.FromMilliseconds(100);

    private readonly IReadOnlyList<string> _patterns;
    private readonly TimeSpan _refreshInterval;
    private readonly DiscoveryMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Func<string, IEnumerable<string>> _listFolder;

    /// <summary>How many groups each file gave last, so that those which vanish can be ended.</summary>
    private readonly Dictionary<string, int> _groupsByFile = new(StringComparer.Ordinal);

    /// <param name="patterns">The files.</param>
    /// <param name="refreshInterval">How often they are read in any case.</param>
    /// <param name="metrics">Counts failures.</param>
    /// <param name="time">The clock of the interval.</param>
    /// <param name="log">Gets failures.</param>
    /// <param name="listFolder">Lists the files of a folder; the disk's when null.</param>
    public FileDiscoverer(
        IReadOnlyList<string> patterns, TimeSpan refreshInterval, DiscoveryMetrics metrics, TimeProvider time, ILogger log,
        Func<string, IEnumerable<string>>? listFolder = null)
    {
        _listFolder = listFolder ?? Directory.EnumerateFiles;
        _patterns = patterns;
        _refreshInterval = refreshInterval;
        _metrics = metrics;
        _time = time;
        _log = log;
    }

    public async Task RunAsync(Action<IReadOnlyList<TargetGroup>> report, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                // Begun anew once an interval: the folder may have come since, or its name may lead elsewhere now.
                using FolderWatch watch = FolderWatch.Start(_patterns, _metrics, _log);
                do
                {
                    Refresh(report);
                }
                while (await ChangedAsync(watch, stop));
            }
        }
        finally
        {
            foreach (string file in _groupsByFile.Keys)
            {
                _metrics.RemoveFile(file);
            }
        }
    }

    /// <summary>Reads all files once.</summary>
    internal void Refresh(Action<IReadOnlyList<TargetGroup>> report)
    {
        long started = _time.GetTimestamp();
        List<TargetGroup> groups = [];
        HashSet<string> unreadable = new(StringComparer.Ordinal);
        SortedSet<string> files = FilePattern.Expand(_patterns, _listFolder, (folder, reason) =>
        {
            unreadable.Add(folder);
            _metrics.FileReadErrors.Increment();
            DiscoveryLog.FileRefused(_log, $"{folder}: {reason}");
        });
        foreach (string file in files)
        {
            ReadFile(file, groups);
        }

        foreach (string gone in new List<string>(_groupsByFile.Keys))
        {
            if (!files.Contains(gone) && !unreadable.Contains(FilePattern.FolderOf(gone)))
            {
                EndGroups(gone, 0, groups);
                _groupsByFile.Remove(gone);
                _metrics.RemoveFile(gone);
            }
        }

        _metrics.FileScanDuration.ObserveSince(_time, started);
        report(groups);
    }

    /// <summary>True after a change and the quiet that follows it; false when an interval passed without one.</summary>
    private async Task<bool> ChangedAsync(FolderWatch watch, CancellationToken stop)
    {
        if (!await watch.WaitAsync(_refreshInterval, _time, stop))
        {
            return false;
        }

        await Task.Delay(s_quietTime, _time, stop);
        return true;
    }

    private void ReadFile(string file, List<TargetGroup> groups)
    {
        IReadOnlyList<TargetGroup>? read;
        string? problem;
        try
        {
            _metrics.FileModified(file).Set(UnixSeconds(System.IO.File.GetLastWriteTimeUtc(file)));
            read = TargetFile.Read(file, out problem);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            read = null;
            problem = $"{file}: {error.Message}";
        }

        if (read is null)
        {
            _metrics.FileReadErrors.Increment();
            DiscoveryLog.FileRefused(_log, problem ?? file);
            return;
        }

        LabelsBuilder labels = new();
        foreach (TargetGroup group in read)
        {
            labels.Reset(group.Labels);
            labels.Set(FilePathLabel, file);
            groups.Add(group with { Labels = labels.Build() });
        }

        EndGroups(file, read.Count, groups);
        _groupsByFile[file] = read.Count;
    }

    private static double UnixSeconds(DateTime time) => (time - DateTime.UnixEpoch).TotalSeconds;

    private void EndGroups(string file, int from, List<TargetGroup> groups)
    {
        for (int index = from; index < _groupsByFile.GetValueOrDefault(file); index++)
        {
            groups.Add(new TargetGroup($"{file}:{index}", [], Labels.Empty));
        }
    }
}
