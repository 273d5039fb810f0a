using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>A file of a block holds bytes that cannot be what the format says, or lacks some.</summary>
/// <param name="path">The file.</param>
/// <param name="offset">Where what cannot be read begins.</param>
/// <param name="found">What stands there.</param>
/// <param name="expected">What should.</param>
public sealed class BlockCorruptionException(string path, long offset, string found, string expected)
    : IOException(
        $"block file {path} is corrupt at byte {offset}: found {found}, expected {expected}. " +
        "Set the block aside and bring it back from a copy; if this repeats, check the disk.")
{
    internal static BlockCorruptionException Of(DamagedPageException damaged) =>
        new(damaged.Path, damaged.Offset, "an encrypted page that does not open", "the page that was written");

    public string Path { get; } = path;

    public long Offset { get; } = offset;
}
