namespace AmpEdge.Wal;

/// <summary>A WAL segment holds bytes that cannot be a record.</summary>
/// <param name="segmentPath">The file.</param>
/// <param name="offset">The first byte that cannot be read.</param>
/// <param name="lostBytes">How many bytes are skipped from there on.</param>
/// <param name="found">What stands there.</param>
/// <param name="expected">What should.</param>
public sealed class WalCorruptionException(string segmentPath, long offset, long lostBytes, string found, string expected)
    : IOException(
        $"WAL segment {segmentPath} is corrupt at byte {offset}: found {found}, expected {expected}. " +
        $"{lostBytes} bytes are skipped, everything around them is read; if this repeats, check the disk.")
{
    public string SegmentPath { get; } = segmentPath;

    public long Offset { get; } = offset;

    public long LostBytes { get; } = lostBytes;
}
