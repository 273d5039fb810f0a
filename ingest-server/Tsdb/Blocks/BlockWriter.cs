using System.Buffers.Binary;
using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>
/// Writes one block, series by series, into a temporary folder that gets the block's name when everything is on the
/// disk. A writer that is disposed before <see cref="Finish"/> leaves nothing behind; what a crash leaves has the suffix
/// <c>.tmp-for-creation</c>, by which <see cref="Block.DeleteUnfinished"/> knows it. One thread.
/// </summary>
/// <remarks>
/// <code>
///   writer.BeginSeries(labels.Blob);                 // in the order of labels
///   writer.AddChunk(minTimeMs, maxTimeMs, encoding, bytes);
///   …
///   BlockMeta? meta = writer.Finish(minTimeMs, maxTimeMs, compaction);
/// </code>
/// </remarks>
public sealed class BlockWriter : IChunkSink, IDisposable
{
    private readonly IFileSystem _files;
    private readonly string _parent;
    private readonly string _folder;
    private readonly Ulid _ulid;
    private readonly ChunkSegmentWriter _chunkWriter;
    private readonly SeriesSpool _spool;
    private readonly TextSet _symbols;
    private readonly LabelPairs _pairs = new();

    /// <summary>The labels of the series that was begun last, to see that they rise.</summary>
    private readonly ByteBuffer _labels = new();

    /// <summary>The chunks of that series as its index entry has them, without their number in front.</summary>
    private readonly ByteBuffer _chunks = new();
    private readonly ByteBuffer _counted = new();
    private readonly List<int> _seriesPairs = [];
    private bool _hasSeries;
    private int _seriesChunks;
    private ChunkMeta _lastChunk;
    private ulong _chunkCount;
    private ulong _sampleCount;
    private bool _finished;

    private BlockWriter(IFileSystem files, string parent, Ulid ulid, long segmentBytes)
    {
        _files = files;
        _parent = parent;
        _ulid = ulid;
        _folder = Path.Combine(parent, ulid + BlockFormat.TemporarySuffix);
        string chunks = Path.Combine(_folder, BlockFormat.ChunksFolder);
        files.CreateFolder(chunks);
        _chunkWriter = new ChunkSegmentWriter(files, chunks, segmentBytes);
        _spool = new SeriesSpool(files, _folder);
        _symbols = new TextSet(ulid.Low);
    }

    /// <summary>Series that were begun and have a chunk.</summary>
    public int Series => _spool.Series + (_seriesChunks > 0 ? 1 : 0);

    /// <summary>Begins a block.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="folder">The folder that the block's own folder goes into.</param>
    /// <param name="ulid">Its name, used for no block before.</param>
    /// <param name="segmentBytes">The size of chunk segments; no more than Prometheus's 512 MiB.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public static BlockWriter Create(
        IFileSystem files, string folder, Ulid ulid, long segmentBytes = BlockFormat.MaxSegmentBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(segmentBytes, BlockFormat.ChunksHeaderBytes);
        return new BlockWriter(files, folder, ulid, segmentBytes);
    }

    /// <summary>Begins a series, whose labels come after those of all before it; without chunks it is left out.</summary>
    /// <param name="labelsBlob">The blob of a <see cref="Labels"/>.</param>
    public void BeginSeries(ReadOnlySpan<byte> labelsBlob)
    {
        EndSeries();
        Invariant.Require(
            !_hasSeries || Labels.Compare(_labels.Written, labelsBlob) < 0, "the series of a block are not in the order of their labels");
        _hasSeries = true;
        _labels.Clear();
        _labels.Append(labelsBlob);
    }

    /// <summary>Adds a chunk to the series that was begun last, in order of time.</summary>
    public void AddChunk(long minTimeMs, long maxTimeMs, ChunkEncoding encoding, ReadOnlySpan<byte> bytes)
    {
        Invariant.Require(_hasSeries, "a chunk has no series");
        Invariant.Require(minTimeMs <= maxTimeMs && bytes.Length >= XorState.HeaderBytes, "a chunk without samples");
        ChunkRef place = _chunkWriter.Append(encoding, bytes);
        if (_seriesChunks == 0)
        {
            _chunks.AppendVarint(minTimeMs);
            _chunks.AppendUvarint((ulong)(maxTimeMs - minTimeMs));
            _chunks.AppendUvarint(place.Value);
        }
        else
        {
            Invariant.Require(minTimeMs >= _lastChunk.MinTimeMs, "the chunks of a series are not in order of time");
            _chunks.AppendUvarint((ulong)(minTimeMs - _lastChunk.MaxTimeMs));
            _chunks.AppendUvarint((ulong)(maxTimeMs - minTimeMs));
            _chunks.AppendVarint((long)(place.Value - _lastChunk.Ref.Value));
        }

        _lastChunk = new ChunkMeta(minTimeMs, maxTimeMs, place);
        _seriesChunks++;
        _chunkCount++;
        _sampleCount += BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }

    /// <summary>
    /// Writes index, tombstones and <c>meta.json</c>, forces everything to the disk and gives the block its name.
    /// </summary>
    /// <param name="minTimeMs">The block's first time, ms.</param>
    /// <param name="maxTimeMs">Its end: all samples are before it, ms.</param>
    /// <param name="compaction">How it came about.</param>
    /// <returns>What <c>meta.json</c> says; null when there was no series with a chunk, and then there is no block.</returns>
    /// <exception cref="IOException">The disk failed; there is no block.</exception>
    public BlockMeta? Finish(long minTimeMs, long maxTimeMs, BlockCompaction compaction)
    {
        Invariant.Require(!_finished, "a block is finished twice");
        EndSeries();
        if (_spool.Series == 0)
        {
            return null;
        }

        _chunkWriter.Finish();
        using (FileAppender index = new(_files.Create(Path.Combine(_folder, BlockFormat.IndexFile))))
        {
            new IndexWriter(index, _symbols, _pairs, _spool).Write();
            index.Sync();
        }

        _spool.Delete();
        Tombstones.None.Write(_files, _folder);
        BlockMeta meta = new()
        {
            Ulid = _ulid,
            MinTimeMs = minTimeMs,
            MaxTimeMs = maxTimeMs,
            Stats = new BlockStats { Samples = _sampleCount, Series = (ulong)_spool.Series, Chunks = _chunkCount },
            Compaction = compaction,
            Version = BlockMeta.CurrentVersion,
        };
        AtomicFile.Write(_files, Path.Combine(_folder, BlockMeta.FileName), meta.ToJson());
        Publish();
        return meta;
    }

    /// <summary>Closes the files; an unfinished block is deleted.</summary>
    public void Dispose()
    {
        _chunkWriter.Dispose();
        _spool.Dispose();
        if (!_finished)
        {
            _finished = true;
            _files.DeleteFolder(_folder);
        }
    }

    private void EndSeries()
    {
        if (_seriesChunks == 0)
        {
            return;
        }

        _seriesPairs.Clear();
        foreach (LabelPair label in new LabelsEnumerator(_labels.Written))
        {
            _seriesPairs.Add(_pairs.Add(_symbols.Add(label.Name), _symbols.Add(label.Value)));
        }

        _counted.Clear();
        _counted.AppendUvarint((ulong)_seriesChunks);
        _counted.Append(_chunks.Written);
        _spool.Append(_seriesPairs, _counted.Written);
        _chunks.Clear();
        _seriesChunks = 0;
    }

    /// <summary>From inside out: names within the folder, then the folder's own.</summary>
    private void Publish()
    {
        _files.SyncFolder(Path.Combine(_folder, BlockFormat.ChunksFolder));
        _files.SyncFolder(_folder);
        string folder = Path.Combine(_parent, _ulid.ToString());
        _files.Rename(_folder, folder);
        _finished = true;
        try
        {
            _files.SyncFolder(_parent);
        }
        catch (IOException)
        {
            // The caller keeps what went into the block, so it must not be there a second time.
            _files.DeleteFolder(folder);
            throw;
        }
    }
}
