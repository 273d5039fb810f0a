namespace AmpEdge.Wal;

/// <summary>What a step of a <see cref="SegmentReader"/> found.</summary>
public enum SegmentReadOutcome
{
    /// <summary>A record; the reader's properties describe it.</summary>
    Record,

    /// <summary>The segment ends behind a whole record.</summary>
    End,

    /// <summary>
    /// The segment ends in bytes that are no record, and none follows: a write that a crash or a full disk cut off.
    /// <see cref="SegmentReader.Corruption"/> says where. The next step is <see cref="End"/>.
    /// </summary>
    TornTail,

    /// <summary>
    /// Bytes that are no record, with records behind them: a damaged disk. <see cref="SegmentReader.Corruption"/> says
    /// where; the next step goes on behind the damage.
    /// </summary>
    Corrupt,
}
