using System.Linq;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>
/// The blocks of a database, open, sorted by their first time. Readers hold what they read; a block that was replaced or
/// given up leaves the disk after its last reader. Thread-safe; one thread at a time changes the set.
/// </summary>
internal sealed class BlockSet : IDisposable
{
    /// <summary>Behind the name of a folder that is being deleted, so that a crash leaves no half of a block.</summary>
    internal const string DeletionSuffix = ".tmp-for-deletion";

    private readonly PageCache _cache;
    private readonly Lock _lock = new();
    private readonly List<SetAsideBlock> _setAside = [];

    /// <summary>Blocks that left the set and whose files are still there.</summary>
    private readonly List<Block> _leaving = [];
    private Block[] _blocks = [];

    private BlockSet(IFileSystem files, string folder, PageCache cache)
    {
        Files = files;
        Folder = folder;
        _cache = cache;
    }

    public IFileSystem Files { get; }

    /// <summary>The database's folder, in which each block has its own.</summary>
    public string Folder { get; }

    /// <summary>The blocks now; whoever reads samples takes them from <see cref="Hold"/> instead.</summary>
    public IReadOnlyList<Block> Blocks => Volatile.Read(ref _blocks);

    /// <summary>Blocks that cannot be read.</summary>
    public IReadOnlyList<SetAsideBlock> SetAside
    {
        get
        {
            lock (_lock)
            {
                return [.. _setAside];
            }
        }
    }

    /// <summary>Bytes of the blocks' files.</summary>
    public long SizeBytes
    {
        get
        {
            long bytes = 0;
            foreach (Block block in Blocks)
            {
                bytes += block.SizeBytes;
            }

            return bytes;
        }
    }

    /// <summary>
    /// Opens the blocks of a folder. What a crash left of blocks that were being written or deleted goes, and so do blocks
    /// that another one was made of. A block that cannot be read is set aside.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static BlockSet Open(IFileSystem files, string folder, PageCache cache)
    {
        BlockSet set = new(files, folder, cache);
        try
        {
            set.CleanUp();
            set.OpenAll();
            set.DeleteReplaced();
            return set;
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    /// <summary>Opens the blocks of a folder and changes nothing in it, for those who only look.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static BlockSet OpenUntouched(IFileSystem files, string folder, PageCache cache)
    {
        BlockSet set = new(files, folder, cache);
        set.OpenAll();
        return set;
    }

    /// <summary>All blocks, held until each is released.</summary>
    public Block[] Hold()
    {
        // Under the lock no block leaves between being seen and being held.
        lock (_lock)
        {
            foreach (Block block in _blocks)
            {
                Invariant.Require(block.TryHold(), "a block of the set is closed");
            }

            return _blocks;
        }
    }

    /// <summary>
    /// Whether a block has this name or was made of one that had it: a new block of that name would be taken for what is
    /// left of the old one.
    /// </summary>
    public bool Knows(Ulid ulid)
    {
        foreach (Block block in Blocks)
        {
            BlockCompaction compaction = block.Meta.Compaction;
            if (compaction.Sources?.Contains(ulid) == true || compaction.Parents?.Any(parent => parent.Ulid == ulid) == true)
            {
                return true;
            }
        }

        return Files.FileExists(Path.Combine(Folder, ulid.ToString(), BlockMeta.FileName));
    }

    /// <summary>Opens a block that was just written.</summary>
    /// <exception cref="IOException">It cannot be read back.</exception>
    public Block OpenNew(Ulid ulid) =>
        Block.TryOpen(Files, Path.Combine(Folder, ulid.ToString()), _cache, out Block? block, out BlockCorruptionException? corruption)
            ? block
            : throw corruption;

    /// <summary>Lets queries see new blocks instead of old ones, in one step, and deletes what nobody reads.</summary>
    /// <exception cref="IOException">The set is changed; files of the old ones are still there.</exception>
    public void Replace(IReadOnlyList<Block> removed, IReadOnlyList<Block> added)
    {
        List<Block> blocks = [.. _blocks];
        foreach (Block block in removed)
        {
            Invariant.Require(blocks.Remove(block), "a block is removed that is not there");
        }

        blocks.AddRange(added);
        blocks.Sort(ByTime);
        lock (_lock)
        {
            Volatile.Write(ref _blocks, [.. blocks]);
            _leaving.AddRange(removed);
        }

        foreach (Block block in removed)
        {
            block.Dispose();
        }

        DeleteUnread();
    }

    /// <summary>Gives up blocks that were written and that no query has seen.</summary>
    /// <exception cref="IOException">Their files are still there; a restart finds their samples twice, which does no harm.</exception>
    public void Discard(List<Block> unseen)
    {
        foreach (Block block in unseen)
        {
            block.Dispose();
            DeleteFolder(block.Folder);
        }
    }

    /// <summary>Names a block of the set of which something cannot be read. It stays: the rest of it can.</summary>
    public void NoteBroken(Block block, BlockCorruptionException corruption)
    {
        lock (_lock)
        {
            if (!_setAside.Exists(other => other.Folder == block.Folder))
            {
                _setAside.Add(new SetAsideBlock(block.Folder, corruption.Message));
            }
        }
    }

    /// <summary>Deletes the files of blocks that left the set and have no reader any more.</summary>
    /// <exception cref="IOException">The disk failed; the next call tries again.</exception>
    public void DeleteUnread()
    {
        for (int index = _leaving.Count - 1; index >= 0; index--)
        {
            if (_leaving[index].IsClosed)
            {
                DeleteFolder(_leaving[index].Folder);
                lock (_lock)
                {
                    _leaving.RemoveAt(index);
                }
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (Block block in _blocks)
            {
                block.Dispose();
            }

            Volatile.Write(ref _blocks, []);
        }
    }

    private static int ByTime(Block left, Block right)
    {
        int byTime = left.Meta.MinTimeMs.CompareTo(right.Meta.MinTimeMs);
        return byTime != 0 ? byTime : left.Ulid.CompareTo(right.Ulid);
    }

    private void CleanUp()
    {
        Block.DeleteUnfinished(Files, Folder);
        DatabaseSnapshot.DeleteUnfinished(Files, Folder);
        foreach (string name in Files.List(Folder))
        {
            if (name.EndsWith(DeletionSuffix, StringComparison.Ordinal))
            {
                Files.DeleteFolder(Path.Combine(Folder, name));
            }
        }
    }

    private void OpenAll()
    {
        List<Block> blocks = [];
        _blocks = [];
        try
        {
            foreach (string name in Files.List(Folder))
            {
                if (!Ulid.TryParse(name, out _))
                {
                    continue;
                }

                string folder = Path.Combine(Folder, name);
                if (Block.TryOpen(Files, folder, _cache, out Block? block, out BlockCorruptionException? corruption))
                {
                    blocks.Add(block);
                }
                else
                {
                    _setAside.Add(new SetAsideBlock(folder, corruption.Message));
                }
            }
        }
        finally
        {
            blocks.Sort(ByTime);
            _blocks = [.. blocks];
        }
    }

    /// <summary>
    /// A crash after the writing of a merged block leaves those it was made of, and so does one while a query held them.
    /// Only a block that could be opened stands for others.
    /// </summary>
    private void DeleteReplaced()
    {
        HashSet<Ulid> parents = [];
        foreach (Block block in _blocks)
        {
            foreach (BlockParent parent in block.Meta.Compaction.Parents ?? [])
            {
                parents.Add(parent.Ulid);
            }
        }

        Replace([.. Array.FindAll(_blocks, block => parents.Contains(block.Ulid) || IsWithinAnother(block))], []);
        foreach (SetAsideBlock bad in _setAside.ToArray())
        {
            // What is wrong with a block does not matter when another has its samples.
            if (Ulid.TryParse(Path.GetFileName(bad.Folder), out Ulid ulid) && parents.Contains(ulid))
            {
                DeleteFolder(bad.Folder);
                _setAside.Remove(bad);
            }
        }
    }

    /// <summary>Whether a longer block was made of this one and others, perhaps over several compactions.</summary>
    private bool IsWithinAnother(Block block)
    {
        if (block.Meta.Compaction.Sources is not { Count: > 0 } sources)
        {
            return false;
        }

        foreach (Block other in _blocks)
        {
            if (other.Meta.Compaction.Level > block.Meta.Compaction.Level
                && other.Meta.Compaction.Sources is { } others
                && others.Count > sources.Count
                && new HashSet<Ulid>(others).IsSupersetOf(sources))
            {
                return true;
            }
        }

        return false;
    }

    private void DeleteFolder(string folder)
    {
        string doomed = folder + DeletionSuffix;
        Files.Rename(folder, doomed);
        Files.SyncFolder(Folder);
        Files.DeleteFolder(doomed);
    }
}
