namespace AmpEdge.Wal;

/// <summary>The disk, or the quota on it, has no room for what was to be written.</summary>
public sealed class DiskFullException(string path, Exception? inner = null)
    : IOException($"no room left on the disk while writing {path}: free some or lower the size limits", inner)
{
    public string Path { get; } = path;
}
