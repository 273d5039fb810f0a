using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>The blocks of a folder, open to look at: ours, a Prometheus's, one that runs or a copy. Nothing in it is changed.</summary>
public sealed class BlockList : IDisposable
{
    /// <summary>Pages of blocks are read once and in order, so few need to be kept.</summary>
    internal const long CacheBytes = 16 * 1024 * 1024;

    private BlockList(BlockSet set) => Set = set;

    /// <summary>Sorted by their first time.</summary>
    public IReadOnlyList<Block> Blocks => Set.Blocks;

    /// <summary>Those that cannot be read.</summary>
    public IReadOnlyList<SetAsideBlock> SetAside => Set.SetAside;

    internal BlockSet Set { get; }

    /// <summary>Opens the blocks.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="folder">The folder that has them.</param>
    /// <param name="encryption">The name and master key of their database, when they are encrypted.</param>
    /// <exception cref="IOException">
    /// The folder is not there or is no database's, its key is another one or was not given, or the disk failed.
    /// </exception>
    public static BlockList Open(IFileSystem files, string folder, DatabaseEncryption? encryption = null)
    {
        DatabaseFolder.Require(files, folder);
        return Open(files, folder, DatabaseFolder.ReadKey(files, folder, encryption));
    }

    internal static BlockList Open(IFileSystem files, string folder, DatabaseKey? key) =>
        new(BlockSet.OpenUntouched(DatabaseKey.ContentOf(files, key), folder, new PageCache(CacheBytes)));

    public void Dispose() => Set.Dispose();
}
