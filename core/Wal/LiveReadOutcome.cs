namespace AmpEdge.Wal;

/// <summary>What a step of a <see cref="LiveReader"/> found.</summary>
public enum LiveReadOutcome
{
    /// <summary>A record; the reader's properties describe it.</summary>
    Record,

    /// <summary>Nothing more was appended yet.</summary>
    CaughtUp,

    /// <summary>Bytes that are no record were skipped; <see cref="LiveReader.Corruption"/> says which.</summary>
    Corrupt,

    /// <summary>The segment to read was deleted; the next step reads from the oldest one that is there.</summary>
    SegmentGone,
}
