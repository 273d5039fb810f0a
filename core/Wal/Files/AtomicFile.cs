namespace AmpEdge.Wal;

/// <summary>Small files that are replaced whole: a reader sees the old content or the new one, never a mixture.</summary>
public static class AtomicFile
{
    private const string TemporarySuffix = ".tmp";

    /// <summary>
    /// Writes beside the file and renames over it. Synced, file and folder, the content survives a power cut; else it survives the
    /// process, and a power cut may bring back an older one.
    /// </summary>
    public static void Write(IFileSystem files, string path, ReadOnlySpan<byte> content, bool sync = true)
    {
        string temporary = path + TemporarySuffix;
        using (IFile file = files.Create(temporary))
        {
            file.Write(0, content);
            if (sync)
            {
                file.Sync();
            }
        }

        files.Rename(temporary, path);
        if (sync)
        {
            files.SyncFolder(Path.GetDirectoryName(path) ?? ".");
        }
    }

    /// <summary>The whole file; null when it is absent. At most <paramref name="maxBytes"/> are read.</summary>
    /// <exception cref="InvalidDataException">The file is larger.</exception>
    public static byte[]? TryRead(IFileSystem files, string path, int maxBytes)
    {
        if (!files.FileExists(path))
        {
            return null;
        }

        using IFile file = files.OpenRead(path);
        if (file.Length > maxBytes)
        {
            throw new InvalidDataException($"{path} has {file.Length} bytes, at most {maxBytes} are expected: is it our file?");
        }

        byte[] content = new byte[file.Length];
        int read = file.Read(0, content);
        return read == content.Length ? content : content[..read];
    }
}
