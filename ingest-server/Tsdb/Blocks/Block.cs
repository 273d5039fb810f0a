using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>
/// A Prometheus block on disk, open for reading. Its samples never change; only more of them may be deleted. Thread-safe.
/// Whoever reads holds it (<see cref="TryHold"/>), so that disposing it closes the files after the last reader.
/// </summary>
/// <remarks>
/// <code>
///   &lt;ulid&gt;/
///     meta.json        what it is
///     index            symbols, series, posting lists
///     chunks/000001 …  samples
///     tombstones       what is deleted
/// </code>
/// </remarks>
public sealed class Block : IDisposable
{
    /// <summary>A <c>meta.json</c> of more bytes is none.</summary>
    private const int LargestMeta = 16 * 1024 * 1024;

    /// <summary>How many tombstones are read at most: some hundred million intervals.</summary>
    private const int LargestTombstones = 1 << 30;

    /// <summary>How many series are looked at when a block is opened.</summary>
    private const int CheckedSeries = 16;

    private readonly IFileSystem _files;
    private readonly Lock _deletionLock = new();
    private Tombstones _tombstones;
    private BlockMeta _meta;

    /// <summary>Readers and the owner; the files are closed at zero.</summary>
    private int _holders = 1;
    private int _disposed;

    private Block(
        IFileSystem files, string folder, BlockMeta meta, BlockIndex index, BlockChunks chunks, Tombstones tombstones)
    {
        _files = files;
        Folder = folder;
        _meta = meta;
        Index = index;
        Chunks = chunks;
        _tombstones = tombstones;
    }

    /// <summary>The block's own folder.</summary>
    public string Folder { get; }

    public BlockMeta Meta => Volatile.Read(ref _meta);

    public Ulid Ulid => Meta.Ulid;

    public Tombstones Tombstones => Volatile.Read(ref _tombstones);

    /// <summary>Bytes of index and chunks.</summary>
    public long SizeBytes => Index.Length + Chunks.Length;

    /// <summary>True once it was disposed and the last reader has left.</summary>
    public bool IsClosed => Volatile.Read(ref _holders) == 0;

    internal BlockIndex Index { get; }

    internal BlockChunks Chunks { get; }

    /// <summary>
    /// Opens the block in a folder. Headers, table of contents, symbols, postings table, tombstones and <c>meta.json</c> are
    /// checked; series, posting lists and chunks when they are read.
    /// </summary>
    /// <param name="files">The disk.</param>
    /// <param name="folder">The block's own folder, whose name is its ULID.</param>
    /// <param name="cache">Where its pages go.</param>
    /// <param name="block">The block; dispose it.</param>
    /// <param name="corruption">What is wrong with it, when it cannot be read.</param>
    /// <exception cref="IOException">The disk failed, which says nothing about the block.</exception>
    public static bool TryOpen(
        IFileSystem files,
        string folder,
        PageCache cache,
        [NotNullWhen(true)] out Block? block,
        [NotNullWhen(false)] out BlockCorruptionException? corruption)
    {
        block = null;
        corruption = null;
        try
        {
            block = Open(files, folder, cache);
        }
        catch (BlockCorruptionException broken)
        {
            corruption = broken;
        }
        catch (DamagedPageException damaged)
        {
            corruption = BlockCorruptionException.Of(damaged);
        }
        catch (FileKeyException foreign)
        {
            corruption = new BlockCorruptionException(foreign.Path, 0, "a file of another database's key", "one of this database's");
        }
        catch (FileNotFoundException absent)
        {
            corruption = new BlockCorruptionException(absent.FileName ?? folder, 0, "no file", "one");
        }

        return block is not null;
    }

    /// <summary>Deletes what blocks that were being written left when the process ended. Returns the folders' names.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static List<string> DeleteUnfinished(IFileSystem files, string folder)
    {
        List<string> deleted = [];
        foreach (string name in files.List(folder))
        {
            if (name.EndsWith(BlockFormat.TemporarySuffix, StringComparison.Ordinal))
            {
                files.DeleteFolder(Path.Combine(folder, name));
                deleted.Add(name);
            }
        }

        return deleted;
    }

    /// <summary>Keeps the files open until <see cref="Release"/>; false when the block is closed already.</summary>
    public bool TryHold()
    {
        int holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            int before = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (before == holders)
            {
                return true;
            }

            holders = before;
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            Index.Dispose();
            Chunks.Dispose();
        }
    }

    /// <summary>
    /// The series that meet every matcher and may have samples between the times, both inclusive, in the order of their
    /// labels.
    /// </summary>
    /// <exception cref="BlockCorruptionException">What the answer needs cannot be read.</exception>
    public SelectedBlockSeries Select(
        IReadOnlyList<Matcher> matchers, long minTimeMs, long maxTimeMs, CancellationToken cancel = default)
    {
        uint[] series = new PostingsSearch<BlockPostings>(Index.Postings, cancel).Find(matchers);
        return new SelectedBlockSeries(this, series, minTimeMs, maxTimeMs, cancel);
    }

    /// <summary>A search for the labels of what <see cref="Select"/> finds.</summary>
    internal LabelSearch<BlockPostings, SelectedBlockSeries> SearchLabels(
        IReadOnlyList<Matcher> matchers, long minTimeMs, long maxTimeMs, CancellationToken cancel) =>
        new(Index.Postings, matchers, new SelectedBlockSeries(this, [], minTimeMs, maxTimeMs, cancel), cancel);

    /// <summary>Adds the names of all labels, rising where there were none before.</summary>
    internal void FindNames(TextSet found)
    {
        bool isFirst = found.Count == 0;
        foreach (BlockLabelValues values in Index.Postings.Names)
        {
            found.Add(values.Name, isNew: isFirst);
        }
    }

    /// <summary>Adds the values of a label, rising where there were none before.</summary>
    internal void FindValues(ReadOnlySpan<byte> name, TextSet found, CancellationToken cancel = default)
    {
        if (Index.Postings.TryGetName(name, out BlockLabelValues? values))
        {
            bool isFirst = found.Count == 0;
            BlockLabelValues.Walker walker = values.Walk();
            while (walker.MoveNext())
            {
                cancel.ThrowIfCancellationRequested();
                found.Add(walker.Value, isNew: isFirst);
            }
        }
    }

    /// <summary>
    /// Deletes the samples of the series that meet every matcher between the times, both inclusive: they are hidden from now
    /// on, and gone when the block is rewritten. Returns the number of series that it took something from.
    /// </summary>
    /// <exception cref="IOException">
    /// The disk failed. Nothing is deleted, or everything is and <c>meta.json</c> has the old number of tombstones.
    /// </exception>
    public int Delete(IReadOnlyList<Matcher> matchers, long minTimeMs, long maxTimeMs, CancellationToken cancel = default)
    {
        lock (_deletionLock)
        {
            List<uint> series = [];
            SelectedBlockSeries found = Select(matchers, minTimeMs, maxTimeMs, cancel);
            while (found.MoveNext())
            {
                series.Add(found.Reference);
            }

            if (series.Count > 0)
            {
                TimeInterval deleted = new(Math.Max(minTimeMs, Meta.MinTimeMs), Math.Min(maxTimeMs, Meta.MaxTimeMs));
                Tombstones more = Tombstones.With(CollectionsMarshal.AsSpan(series), deleted);
                more.Write(_files, Folder);
                Volatile.Write(ref _tombstones, more);
                RewriteMeta(Meta with { Stats = Meta.Stats with { Tombstones = (ulong)more.Count } });
            }

            return series.Count;
        }
    }

    /// <summary>Replaces <c>meta.json</c>, such as to say that a compaction with this block failed.</summary>
    /// <exception cref="IOException">The disk failed; the old one is still there.</exception>
    public void RewriteMeta(BlockMeta meta)
    {
        Invariant.Require(meta.Ulid == Ulid, "a block changes its name");
        lock (_deletionLock)
        {
            AtomicFile.Write(_files, Path.Combine(Folder, BlockMeta.FileName), meta.ToJson());
            Volatile.Write(ref _meta, meta);
        }
    }

    /// <summary>
    /// Reads everything there is and compares it with everything that is said about it. Returns what is wrong, at most some
    /// hundred findings; nothing when the block is sound.
    /// </summary>
    public IReadOnlyList<BlockCorruptionException> Verify(CancellationToken cancel = default) =>
        new BlockVerifier(this, cancel).Run();

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Release();
        }
    }

    /// <exception cref="BlockCorruptionException">The chunk is outside of the times of <c>meta.json</c>.</exception>
    internal static void CheckTimes(ChunkMeta chunk, BlockMeta meta, string folder)
    {
        if (chunk.MinTimeMs < meta.MinTimeMs || chunk.MaxTimeMs > meta.MaxTimeMs)
        {
            throw new BlockCorruptionException(
                Path.Combine(folder, BlockMeta.FileName),
                0,
                $"times from {meta.MinTimeMs} to {meta.MaxTimeMs}",
                $"times around the chunk from {chunk.MinTimeMs} to {chunk.MaxTimeMs}");
        }
    }

    private static Block Open(IFileSystem files, string folder, PageCache cache)
    {
        BlockMeta meta = ReadMeta(files, folder);
        string path = Path.Combine(folder, BlockFormat.TombstonesFile);
        byte[]? content = ReadSmall(files, path, LargestTombstones);
        Tombstones tombstones = content is null ? Tombstones.None : Tombstones.Parse(content, path);
        BlockIndex index = BlockIndex.Open(files, folder, cache);
        try
        {
            CheckTimes(index, meta, folder);
            return new Block(files, folder, meta, index, BlockChunks.Open(files, folder, cache), tombstones);
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The times of <c>meta.json</c> have no checksum, and were they wrong, nobody would ask the block. So a few of its series
    /// must lie within them.
    /// </summary>
    private static void CheckTimes(BlockIndex index, BlockMeta meta, string folder)
    {
        BlockSeries series = new();
        uint reference = index.FirstSeries;
        for (int count = 0; count < CheckedSeries && index.Has(reference); count++)
        {
            reference = BlockIndex.ReferenceFrom(index.ReadSeries(reference, series));
            foreach (ChunkMeta chunk in series.Chunks)
            {
                CheckTimes(chunk, meta, folder);
            }
        }
    }

    private static BlockMeta ReadMeta(IFileSystem files, string folder)
    {
        string path = Path.Combine(folder, BlockMeta.FileName);
        byte[] json = ReadSmall(files, path, LargestMeta) ?? throw new BlockCorruptionException(path, 0, "no file", "one");
        if (!BlockMeta.TryParse(json, out BlockMeta? meta, out string? error))
        {
            throw new BlockCorruptionException(path, 0, error, "the description of a block");
        }

        string name = Path.GetFileName(folder.TrimEnd(Path.DirectorySeparatorChar));
        return meta.Ulid.ToString() == name
            ? meta
            : throw new BlockCorruptionException(path, 0, $"the ULID {meta.Ulid}", $"that of its folder, {name}");
    }

    private static byte[]? ReadSmall(IFileSystem files, string path, int maxBytes)
    {
        try
        {
            return AtomicFile.TryRead(files, path, maxBytes);
        }
        catch (InvalidDataException tooLarge)
        {
            throw new BlockCorruptionException(path, 0, tooLarge.Message, "a small file");
        }
        catch (DamagedPageException damaged)
        {
            throw BlockCorruptionException.Of(damaged);
        }
    }
}
