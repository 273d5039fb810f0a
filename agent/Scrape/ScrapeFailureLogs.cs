namespace AmpEdge.Agent.Scrape;

/// <summary>The failure logs of a configuration, one for each path. Not thread-safe: configurations come one by one.</summary>
internal sealed class ScrapeFailureLogs(Func<string, Stream> open, TimeProvider time) : IDisposable
{
    private readonly Dictionary<string, ScrapeFailureLog> _logs = new(StringComparer.Ordinal);

    /// <summary>Those that were asked for since the last <see cref="Reopen"/>.</summary>
    private readonly HashSet<string> _wanted = new(StringComparer.Ordinal);

    /// <summary>Opens a file to append to; what a program of the command line uses.</summary>
    public static Stream OpenFile(string path) =>
        new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>The log of a path; null for the empty one.</summary>
    public ScrapeFailureLog? For(string path)
    {
        if (path.Length == 0)
        {
            return null;
        }

        _wanted.Add(path);
        if (!_logs.TryGetValue(path, out ScrapeFailureLog? log))
        {
            log = new ScrapeFailureLog(path, open, time);
            _logs.Add(path, log);
        }

        return log;
    }

    /// <summary>A configuration was loaded: files that were rotated are opened anew.</summary>
    public void Reopen()
    {
        _wanted.Clear();
        foreach (ScrapeFailureLog log in _logs.Values)
        {
            log.Reopen();
        }
    }

    /// <summary>The configuration is in force: paths that it does not name any more are closed for good.</summary>
    public void CloseOthers()
    {
        foreach ((string path, ScrapeFailureLog log) in _logs)
        {
            if (!_wanted.Contains(path))
            {
                log.Dispose();
                _logs.Remove(path);
            }
        }
    }

    public void Dispose()
    {
        foreach (ScrapeFailureLog log in _logs.Values)
        {
            log.Dispose();
        }
    }
}
