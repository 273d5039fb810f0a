using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>Makes a folder of blocks as they are now: a Prometheus, promtool or an import can take it.</summary>
internal static class DatabaseSnapshot
{
    private const string ParentFolder = "snapshots";

    /// <summary>Links the blocks' files into a new folder, which costs no room while they live.</summary>
    /// <param name="blocks">The blocks; held by the caller.</param>
    /// <param name="files">The disk.</param>
    /// <param name="folder">The database's folder.</param>
    /// <param name="name">The new folder's name, below <c>snapshots</c>.</param>
    /// <returns>The new folder.</returns>
    /// <exception cref="IOException">The disk failed; the folder is gone again.</exception>
    public static string Create(IReadOnlyList<Block> blocks, IFileSystem files, string folder, string name)
    {
        string target = Path.Combine(folder, ParentFolder, name);
        files.CreateFolder(target);
        try
        {
            foreach (Block block in blocks)
            {
                LinkBlock(files, block.Folder, Path.Combine(target, block.Ulid.ToString()));
            }

            files.SyncFolder(target);
            return target;
        }
        catch (IOException)
        {
            files.DeleteFolder(target);
            throw;
        }
    }

    /// <summary>What may change later, deletions and what is known of the block, is copied; the rest is linked.</summary>
    private static void LinkBlock(IFileSystem files, string source, string target)
    {
        string chunks = Path.Combine(target, BlockFormat.ChunksFolder);
        files.CreateFolder(chunks);
        foreach (string file in files.List(Path.Combine(source, BlockFormat.ChunksFolder)))
        {
            files.Link(Path.Combine(source, BlockFormat.ChunksFolder, file), Path.Combine(chunks, file));
        }

        files.SyncFolder(chunks);
        files.Link(Path.Combine(source, BlockFormat.IndexFile), Path.Combine(target, BlockFormat.IndexFile));
        Copy(files, source, target, BlockFormat.TombstonesFile);
        Copy(files, source, target, BlockMeta.FileName);
        files.SyncFolder(target);
    }

    private static void Copy(IFileSystem files, string source, string target, string name)
    {
        if (AtomicFile.TryRead(files, Path.Combine(source, name), int.MaxValue) is { } content)
        {
            AtomicFile.Write(files, Path.Combine(target, name), content);
        }
    }
}
