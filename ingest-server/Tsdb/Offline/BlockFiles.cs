using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>A block as files, whatever is in them.</summary>
public static class BlockFiles
{
    private const int CopyBytes = 1024 * 1024;

    /// <summary>Bytes of all files of a block, as Prometheus counts them.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static long SizeOf(IFileSystem files, Block block) =>
        block.SizeBytes + SizeOf(files, block, BlockMeta.FileName) + SizeOf(files, block, BlockFormat.TombstonesFile);

    /// <summary>Whether a block of that name lies in a folder.</summary>
    public static bool Exists(IFileSystem files, string folder, Ulid ulid) =>
        files.FileExists(Path.Combine(folder, ulid.ToString(), BlockMeta.FileName));

    /// <summary>
    /// Copies a block into another folder, under a temporary name that a database deletes when it meets it; it gets its name
    /// when everything is on the disk.
    /// </summary>
    /// <exception cref="IOException">The disk failed; there is no copy.</exception>
    public static void Copy(IFileSystem files, Block block, string folder)
    {
        string temporary = Path.Combine(folder, block.Ulid + BlockFormat.TemporarySuffix);
        string chunks = Path.Combine(temporary, BlockFormat.ChunksFolder);
        files.DeleteFolder(temporary);
        files.CreateFolder(chunks);
        try
        {
            foreach (PagedFile segment in block.Chunks.Segments)
            {
                CopyFile(files, segment.Path, Path.Combine(chunks, Path.GetFileName(segment.Path)));
            }

            CopyFile(files, block.Index.File.Path, Path.Combine(temporary, BlockFormat.IndexFile));
            CopySmall(files, block.Folder, temporary, BlockFormat.TombstonesFile);
            CopySmall(files, block.Folder, temporary, BlockMeta.FileName);
            files.SyncFolder(chunks);
            files.SyncFolder(temporary);
            files.Rename(temporary, Path.Combine(folder, block.Ulid.ToString()));
        }
        catch (IOException)
        {
            files.DeleteFolder(temporary);
            throw;
        }

        files.SyncFolder(folder);
    }

    private static long SizeOf(IFileSystem files, Block block, string name)
    {
        string path = Path.Combine(block.Folder, name);
        if (!files.FileExists(path))
        {
            return 0;
        }

        using IFile file = files.OpenRead(path);
        return file.Length;
    }

    private static void CopySmall(IFileSystem files, string from, string to, string name)
    {
        if (files.FileExists(Path.Combine(from, name)))
        {
            CopyFile(files, Path.Combine(from, name), Path.Combine(to, name));
        }
    }

    private static void CopyFile(IFileSystem files, string from, string to)
    {
        using IFile source = files.OpenRead(from);
        using IFile target = files.Create(to);
        byte[] buffer = new byte[(int)Math.Min(CopyBytes, Math.Max(source.Length, 1))];
        long offset = 0;
        for (int read; (read = source.Read(offset, buffer)) > 0; offset += read)
        {
            target.Write(offset, buffer.AsSpan(0, read));
        }

        target.Sync();
    }
}
