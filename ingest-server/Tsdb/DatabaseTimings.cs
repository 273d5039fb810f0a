namespace AmpEdge.Tsdb;

/// <summary>
/// Who is told how long what a database does by itself took. Set once, before there is much to tell; called on whichever thread
/// did it.
/// </summary>
public sealed class DatabaseTimings
{
    /// <summary>Each compaction, the writing of a head's block included.</summary>
    public Action<TimeSpan> Compacted { get; set; } = static _ => { };

    /// <summary>Each sync of the log, failed ones included.</summary>
    public Action<TimeSpan> LogSynced { get; set; } = static _ => { };

    /// <summary>Each deletion of old segments of the log.</summary>
    public Action<TimeSpan> LogTruncated { get; set; } = static _ => { };

    /// <summary>Each time that old samples, and series left without any, were taken out of the head.</summary>
    public Action<TimeSpan> HeadCollected { get; set; } = static _ => { };

    /// <summary>Each time that all blocks with deletions were written anew.</summary>
    public Action<TimeSpan> TombstonesCleaned { get; set; } = static _ => { };
}
