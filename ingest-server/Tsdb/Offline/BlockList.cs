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
    /// <exception cref="IOException">The folder is not there or is no database's, or the disk failed.</exception>
    public static BlockList Open(IFileSystem files, string folder)
    {
        DatabaseFolder.Require(files, folder);
        return new BlockList(BlockSet.OpenUntouched(files, folder, new PageCache(CacheBytes)));
    }

    public void Dispose() => Set.Dispose();
}
