namespace AmpEdge.Tsdb;

/// <summary>What the disk refused where nobody was told by an exception. Thread-safe.</summary>
internal sealed class DiskFailures
{
    private long _syncs;
    private long _maintenances;
    private string? _last;

    /// <summary>Syncs of the log that failed.</summary>
    public long Syncs => Interlocked.Read(ref _syncs);

    /// <summary>Runs of the maintenance that failed.</summary>
    public long Maintenances => Interlocked.Read(ref _maintenances);

    /// <summary>The last failure; null when the maintenance went through since.</summary>
    public string? Last => Volatile.Read(ref _last);

    public void OfSync(IOException failure)
    {
        Interlocked.Increment(ref _syncs);
        Volatile.Write(ref _last, failure.Message);
    }

    public void OfMaintenance(IOException failure)
    {
        Interlocked.Increment(ref _maintenances);
        Volatile.Write(ref _last, failure.Message);
    }

    public void OfSnapshot(IOException failure) => Volatile.Write(ref _last, failure.Message);

    /// <summary>The maintenance went through: the disk does what it is asked.</summary>
    public void Clear() => Volatile.Write(ref _last, null);
}
