namespace AmpEdge.Wal;

/// <summary>Whose a segment is, as far as its first bytes and records tell.</summary>
internal enum SegmentOwner
{
    /// <summary>It can be read.</summary>
    Ours,

    /// <summary>Another key's, or another version's.</summary>
    Other,

    /// <summary>An encrypted one whose key's id is damaged and that has no record that could tell.</summary>
    Nobody,
}
