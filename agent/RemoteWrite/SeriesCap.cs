namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// A cap on the distinct series that one destination is sent within an hour: a leak of labels then costs what the cap allows, and the
/// series that came first go on. Thread-safe.
/// </summary>
internal sealed class SeriesCap(int maxSeries, TimeProvider time)
{
    private static readonly TimeSpan s_window = TimeSpan.FromHours(1);

    private readonly Lock _admittedLock = new();
    private readonly HashSet<ulong> _admitted = [];
    private long _windowStart = time.GetTimestamp();

    /// <summary>Series that were let through in this hour; 0 without a cap.</summary>
    public int Count
    {
        get
        {
            lock (_admittedLock)
            {
                return _admitted.Count;
            }
        }
    }

    /// <summary>To be called before each record: an hour ends between records only.</summary>
    public void BeginRecord()
    {
        lock (_admittedLock)
        {
            if (_admitted.Count > 0 && time.GetElapsedTime(_windowStart) >= s_window)
            {
                _admitted.Clear();
                _windowStart = time.GetTimestamp();
            }
        }
    }

    /// <summary>False for a series that is one too many.</summary>
    public bool Admits(ulong seriesHash)
    {
        if (maxSeries <= 0)
        {
            return true;
        }

        lock (_admittedLock)
        {
            return _admitted.Contains(seriesHash) || (_admitted.Count < maxSeries && _admitted.Add(seriesHash));
        }
    }
}
