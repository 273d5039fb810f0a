namespace AmpEdge.Wal;

/// <summary>A page of an encrypted file is not what was written: damaged, moved, or of another file.</summary>
public sealed class DamagedPageException(string path, long offset)
    : IOException($"{path} is encrypted and its page at byte {offset} does not open: the bytes are not those that were written")
{
    public string Path { get; } = path;

    /// <summary>Where the page begins in the file as it lies on the disk.</summary>
    public long Offset { get; } = offset;
}
