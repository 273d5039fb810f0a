namespace AmpEdge.Tsdb;

/// <summary>Running totals of the upkeep of a database; written by its one runner.</summary>
internal sealed class UpkeepCounters
{
    private long _runs;
    private long _compactions;
    private long _compactionsFailed;
    private long _verticalCompactions;
    private long _headTruncations;
    private long _headTruncationsFailed;
    private long _logTruncations;
    private long _timeRetentions;
    private long _sizeRetentions;
    private long _tombstoneCleanups;

    public long Runs => Interlocked.Read(ref _runs);

    public long Compactions => Interlocked.Read(ref _compactions);

    public long CompactionsFailed => Interlocked.Read(ref _compactionsFailed);

    public long VerticalCompactions => Interlocked.Read(ref _verticalCompactions);

    public long HeadTruncations => Interlocked.Read(ref _headTruncations);

    public long HeadTruncationsFailed => Interlocked.Read(ref _headTruncationsFailed);

    public long LogTruncations => Interlocked.Read(ref _logTruncations);

    public long TimeRetentions => Interlocked.Read(ref _timeRetentions);

    public long SizeRetentions => Interlocked.Read(ref _sizeRetentions);

    public long TombstoneCleanups => Interlocked.Read(ref _tombstoneCleanups);

    public void CountRun() => Interlocked.Increment(ref _runs);

    public void CountCompaction(bool vertical)
    {
        Interlocked.Increment(ref _compactions);
        Interlocked.Add(ref _verticalCompactions, vertical ? 1 : 0);
    }

    public void CountFailedCompaction() => Interlocked.Increment(ref _compactionsFailed);

    public void CountTruncation() => Interlocked.Increment(ref _headTruncations);

    public void CountFailedTruncation() => Interlocked.Increment(ref _headTruncationsFailed);

    public void CountLogTruncation() => Interlocked.Increment(ref _logTruncations);

    public void CountTimeRetention() => Interlocked.Increment(ref _timeRetentions);

    public void CountSizeRetention() => Interlocked.Increment(ref _sizeRetentions);

    public void CountCleanup() => Interlocked.Increment(ref _tombstoneCleanups);
}
