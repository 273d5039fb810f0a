namespace AmpEdge.Wal;

/// <summary>
/// The disk did not confirm what was written. It is still with the operating system, so it survives the process; a power
/// cut may lose what was appended since the last good sync. The log goes on in a new segment.
/// </summary>
public sealed class WalSyncException(string folder, SegmentIndex segment, IOException inner)
    : IOException(
        $"could not sync segment {segment} of {folder} ({inner.Message}): a power cut now may lose its newest records; check the disk",
        inner)
{
    public SegmentIndex Segment { get; } = segment;

    /// <summary>What the disk said.</summary>
    public IOException Cause { get; } = inner;
}
