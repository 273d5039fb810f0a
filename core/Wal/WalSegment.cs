namespace AmpEdge.Wal;

/// <summary>A segment on the disk and its length in bytes when it was looked at.</summary>
public readonly record struct WalSegment(SegmentIndex Index, long SizeBytes);
