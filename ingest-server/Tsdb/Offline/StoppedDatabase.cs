using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>
/// A database that no process runs on, open to read: its blocks, and its log in a head of its own. Nothing in its folder is
/// changed, not even a torn tail of the log. Its lock is held until it is disposed.
/// </summary>
public sealed class StoppedDatabase : IDisposable
{
    private readonly IFileSystem _files;
    private readonly DatabaseKey? _key;
    private readonly IDisposable? _folderLock;
    private readonly BlockList _blocks;
    private readonly Head _head;
    private readonly UlidSource _names;
    private readonly long _chunkRangeMs;

    private StoppedDatabase(
        IFileSystem files, DatabaseKey? key, IDisposable? folderLock, BlockList blocks, Head head, UlidSource names,
        long chunkRangeMs)
    {
        _key = key;
        _files = files;
        _folderLock = folderLock;
        _blocks = blocks;
        _head = head;
        _names = names;
        _chunkRangeMs = chunkRangeMs;
    }

    /// <summary>Sorted by their first time.</summary>
    public IReadOnlyList<Block> Blocks => _blocks.Blocks;

    /// <summary>Blocks that cannot be read.</summary>
    public IReadOnlyList<SetAsideBlock> SetAside => _blocks.SetAside;

    /// <summary>What reading the log found.</summary>
    public ReplayReport Replay { get; private set; } = new(0, 0, 0, 0, []);

    /// <summary>Opens the blocks and reads the log.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="folder">The database's folder, or a copy of one.</param>
    /// <param name="time">Names the blocks that are written.</param>
    /// <param name="hashSeed">Keys the hash tables and the names; random when null.</param>
    /// <param name="encryption">Its name and master key, when it is encrypted.</param>
    /// <exception cref="IOException">The folder is in use or is no database's, its key is another one, or the disk failed.</exception>
    public static StoppedDatabase Open(
        IFileSystem files, string folder, TimeProvider time, ulong? hashSeed = null, DatabaseEncryption? encryption = null)
    {
        DatabaseFolder.Require(files, folder);
        IDisposable? folderLock = DatabaseFolder.LockIfAny(files, folder);
        BlockList? blocks = null;
        try
        {
            DatabaseKey? key = DatabaseFolder.ReadKey(files, folder, encryption);
            blocks = BlockList.Open(files, folder, key);
            ulong seed = hashSeed ?? Database.RandomSeed();
            DatabaseOptions options = new();
            Head head = new(options, seed);
            StoppedDatabase database = new(
                files, key, folderLock, blocks, head, new UlidSource(time, seed), (long)options.ChunkRange.TotalMilliseconds);
            database.ReadLog(folder);
            return database;
        }
        catch
        {
            blocks?.Dispose();
            folderLock?.Dispose();
            throw;
        }
    }

    /// <summary>A view of everything; dispose it.</summary>
    public DatabaseQuerier NewQuerier(CancellationToken cancel = default) => new(_head, _blocks.Set, cancel);

    /// <summary>Writes what the database holds of a stretch of time into a folder, as Prometheus's blocks.</summary>
    /// <param name="target">Where the blocks go.</param>
    /// <param name="times">The samples wanted.</param>
    /// <param name="stop">Ends it; a block that is not finished is not there then.</param>
    /// <returns>The blocks that were written.</returns>
    /// <exception cref="IOException">A block cannot be read, or the disk failed; blocks written before are there.</exception>
    public List<BlockMeta> ExportTo(string target, TimeInterval times, CancellationToken stop = default)
    {
        List<BlockMeta> written = [];
        foreach (Block block in Blocks)
        {
            if (block.Meta.MinTimeMs > times.MaxTimeMs || block.Meta.MaxTimeMs <= times.MinTimeMs)
            {
                continue;
            }

            Ulid ulid = NextName(target);
            BlockCompaction compaction = new() { Level = block.Meta.Compaction.Level, Sources = [ulid] };
            if (BlockMerger.Write(_files, target, ulid, [block], compaction, stop, times) is { } meta)
            {
                written.Add(meta);
            }
        }

        written.AddRange(WriteHead(target, times, stop));
        return written;
    }

    /// <summary>
    /// Copies the blocks into a folder and writes what the log holds as blocks beside them, so that the folder has everything. Of
    /// an encrypted database plain blocks are written, as <see cref="ExportTo"/> does.
    /// </summary>
    /// <param name="target">Where the blocks go.</param>
    /// <param name="stop">Ends it between two blocks.</param>
    /// <returns>All blocks that the folder has then.</returns>
    /// <exception cref="IOException">The disk failed; blocks written before are there.</exception>
    public List<BlockMeta> SnapshotTo(string target, CancellationToken stop = default)
    {
        if (_key is not null)
        {
            return ExportTo(target, new TimeInterval(long.MinValue, long.MaxValue), stop);
        }

        List<BlockMeta> written = [];
        foreach (Block block in Blocks)
        {
            stop.ThrowIfCancellationRequested();
            BlockFiles.Copy(_files, block, target);
            written.Add(block.Meta);
        }

        written.AddRange(WriteHead(target, new TimeInterval(long.MinValue, long.MaxValue), stop));
        return written;
    }

    public void Dispose()
    {
        _blocks.Dispose();
        _folderLock?.Dispose();
    }

    private static long FloorTo(long timeMs, long rangeMs)
    {
        long rest = timeMs % rangeMs;
        return timeMs - (rest < 0 ? rest + rangeMs : rest);
    }

    private void ReadLog(string folder)
    {
        HeadStart start = HeadStart.Read(_blocks.Set.Files, folder, out string? damage);
        ReplayReport replay = new LogReplay(_head, log: null, start, _key?.Log).Run(
            _files, Path.Combine(folder, Database.LogFolder), cutTail: null);
        Replay = damage is null ? replay : replay with { Damages = [.. replay.Damages, damage] };
    }

    /// <summary>A block for each range of time, as a database cuts its head.</summary>
    private List<BlockMeta> WriteHead(string target, TimeInterval times, CancellationToken stop)
    {
        List<BlockMeta> written = [];
        long lastMs = Math.Min(times.MaxTimeMs, _head.MaxTimeMs);
        for (long firstMs = Math.Max(times.MinTimeMs, _head.MinTimeMs); firstMs <= lastMs;)
        {
            long endMs = FloorTo(firstMs, _chunkRangeMs) + _chunkRangeMs;
            Ulid ulid = NextName(target);
            BlockMeta? meta = HeadBlock.Write(
                _head, _files, target, ulid, new TimeInterval(firstMs, Math.Min(lastMs, endMs - 1)),
                new BlockCompaction { Level = 1, Sources = [ulid] }, stop);
            if (meta is not null)
            {
                written.Add(meta);
            }

            firstMs = endMs;
        }

        return written;
    }

    private Ulid NextName(string target) => _names.Next(ulid => BlockFiles.Exists(_files, target, ulid));
}
