namespace AmpEdge.Wal;

/// <summary>How a log behaves; the defaults fit both the agent's buffer and the store's log.</summary>
public sealed record WalOptions
{
    /// <summary>A segment that would grow beyond this is closed and the next one begun. One larger batch still fits whole.</summary>
    public long SegmentSizeBytes { get; init; } = 64L << 20;

    /// <summary>Each append returns only when it is on the disk. Else a <see cref="WalCommitter"/> syncs now and then.</summary>
    public bool SyncEveryAppend { get; init; }

    /// <summary>Told how long the disk took for each sync of a segment, failed ones included. On whichever thread syncs.</summary>
    public Action<TimeSpan>? Synced { get; init; }

    /// <summary>The clock of those times.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Encrypts new segments; those that are there may be plain, or encrypted with the same key. Null for none.</summary>
    public SegmentCipher? Cipher { get; init; }

    /// <summary>New segments are numbered from here on, at least: a number that anyone remembers must not come again.</summary>
    public SegmentIndex MinNextSegment { get; init; } = SegmentIndex.First;
}
