using System.Linq;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>Makes a folder of blocks as they are now: a Prometheus, promtool or an import can take it.</summary>
internal static class DatabaseSnapshot
{
    /// <summary>Where a database has its snapshots.</summary>
    public const string ParentFolder = "snapshots";

    /// <summary>
    /// Links the blocks' files into a new folder, which costs no room while they live, has more written into it, and gives it
    /// its name when everything is on the disk. What a crash leaves of it goes with <see cref="DeleteUnfinished"/>.
    /// </summary>
    /// <param name="blocks">The blocks; held by the caller.</param>
    /// <param name="files">The disk.</param>
    /// <param name="folder">The database's folder.</param>
    /// <param name="name">The new folder's name, below <c>snapshots</c>; no snapshot has it.</param>
    /// <param name="writeMore">Writes further blocks into the folder it is given.</param>
    /// <exception cref="IOException">The disk failed, or there is such a snapshot: this one is not there.</exception>
    public static void Create(
        IReadOnlyList<Block> blocks, IFileSystem files, string folder, string name, Action<string> writeMore)
    {
        string parent = Path.Combine(folder, ParentFolder);
        string target = Path.Combine(parent, name);
        string temporary = target + BlockFormat.TemporarySuffix;
        if (files.List(parent).Contains(name))
        {
            throw new IOException($"there is a snapshot {target} already: choose another name");
        }

        try
        {
            files.CreateFolder(temporary);
            foreach (Block block in blocks)
            {
                LinkBlock(files, block.Folder, Path.Combine(temporary, block.Ulid.ToString()));
            }

            writeMore(temporary);
            files.SyncFolder(temporary);
            files.Rename(temporary, target);
        }
        catch
        {
            files.DeleteFolder(temporary);
            throw;
        }

        files.SyncFolder(parent);
    }

    /// <summary>Deletes what a crash left of snapshots.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void DeleteUnfinished(IFileSystem files, string folder) =>
        Block.DeleteUnfinished(files, Path.Combine(folder, ParentFolder));

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
