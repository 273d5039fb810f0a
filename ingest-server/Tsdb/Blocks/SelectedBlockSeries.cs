using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// A forward-only walk over the series of a block that a selection found, in the order of their labels. Only series with a
/// chunk that overlaps the time range and is not deleted as a whole appear. The block is held by whoever walks; one thread
/// at a time. All members throw a <see cref="BlockCorruptionException"/> when what they need cannot be read.
/// </summary>
public sealed class SelectedBlockSeries : ISelectedPart
{
    private readonly Block _block;
    private readonly Tombstones _tombstones;
    private readonly uint[] _series;
    private readonly long _minTimeMs;
    private readonly long _maxTimeMs;
    private readonly CancellationToken _cancel;
    private readonly BlockSeries _entry = new();
    private readonly ByteBuffer _blob = new();
    private readonly BlockChunkDecoder _decoder;
    private int _next;
    private bool _hasBlob;
    private Labels? _labels;

    internal SelectedBlockSeries(Block block, uint[] series, long minTimeMs, long maxTimeMs, CancellationToken cancel)
    {
        _block = block;
        _tombstones = block.Tombstones;
        _series = series;
        _minTimeMs = minTimeMs;
        _maxTimeMs = maxTimeMs;
        _cancel = cancel;
        _decoder = new BlockChunkDecoder(minTimeMs, maxTimeMs);
    }

    /// <summary>The block that the series are of.</summary>
    internal Block Block => _block;

    /// <summary>The number of the current series in the block's index.</summary>
    public uint Reference { get; private set; }

    /// <summary>The labels of the current series as the blob of a <see cref="Labels"/>; valid until the next step.</summary>
    public ReadOnlySpan<byte> LabelsBlob
    {
        get
        {
            if (!_hasBlob)
            {
                _block.Index.ReadLabels(_entry, _blob);
                _hasBlob = true;
            }

            return _blob.Written;
        }
    }

    /// <summary>The labels of the current series; made at the first call.</summary>
    public Labels Labels => _labels ??= Labels.FromBlob(LabelsBlob);

    /// <summary>
    /// The chunks of the current series that overlap the time range, in the order of the index, without those that are
    /// deleted as a whole; valid until the next step.
    /// </summary>
    public ReadOnlySpan<ChunkMeta> Chunks => _entry.Chunks;

    /// <summary>The deleted times of the current series.</summary>
    public ReadOnlySpan<TimeInterval> Deleted => DeletedOf(Reference);

    /// <summary>Those of another one, at any time.</summary>
    internal ReadOnlySpan<TimeInterval> DeletedOf(uint reference) => _tombstones.Of(reference);

    /// <summary>Goes to the next series; false at the end.</summary>
    /// <exception cref="OperationCanceledException">The selection's token was cancelled.</exception>
    public bool MoveNext()
    {
        while (_next < _series.Length)
        {
            _cancel.ThrowIfCancellationRequested();
            if (TryRead(_series[_next++]))
            {
                return true;
            }
        }

        return false;
    }

    bool ISelectedPart.TryRead(uint id) => TryRead(id);

    void ISelectedPart.CountNames(LabelCensus names) => names.AddNames(new LabelsEnumerator(LabelsBlob));

    void ISelectedPart.CountValue(ReadOnlySpan<byte> name, LabelCensus values) =>
        values.AddValue(new LabelsEnumerator(LabelsBlob), name);

    /// <summary>The bytes of a chunk of the current series, as they were written; valid until the next call.</summary>
    public ReadOnlySpan<byte> ReadChunk(ChunkMeta chunk, out ChunkEncoding encoding) =>
        _decoder.Read(_block, chunk, out encoding);

    /// <summary>
    /// Hands over the samples between the times of the selection, both inclusive, without the deleted ones, rising in time
    /// as long as the chunks do not overlap each other.
    /// </summary>
    public void Decode<TSink>(ref TSink sink)
        where TSink : struct, ISampleSink
    {
        foreach (ChunkMeta chunk in Chunks)
        {
            Decode(chunk, ref sink);
        }
    }

    /// <summary>
    /// Writes the samples between the times of the selection: chunks that lie between them whole and have no deleted samples
    /// as they are, the rest encoded anew. The chunks do not overlap each other.
    /// </summary>
    internal void CopyTo(ChunkRewriter target)
    {
        RewriteSink sink = new(target);
        foreach (ChunkMeta chunk in Chunks)
        {
            bool isWhole = chunk.MinTimeMs >= _minTimeMs && chunk.MaxTimeMs <= _maxTimeMs && Deleted.IsEmpty;
            if (isWhole && ReadChunk(chunk, out ChunkEncoding encoding) is var bytes && encoding == ChunkEncoding.Xor)
            {
                target.Copy(chunk.MinTimeMs, chunk.MaxTimeMs, encoding, bytes);
            }
            else
            {
                Decode(chunk, ref sink);
            }
        }
    }

    /// <summary>The same for one chunk of the current series.</summary>
    public void Decode<TSink>(ChunkMeta chunk, ref TSink sink)
        where TSink : struct, ISampleSink =>
        _decoder.Decode(_block, chunk, Deleted, ref sink);

    private bool TryRead(uint series)
    {
        Reference = series;
        _block.Index.ReadSeries(series, _entry);
        _hasBlob = false;
        _labels = null;
        return KeepWanted();
    }

    private bool KeepWanted()
    {
        ReadOnlySpan<TimeInterval> deleted = Deleted;
        Span<ChunkMeta> chunks = _entry.Chunks;
        int kept = 0;
        foreach (ChunkMeta chunk in chunks)
        {
            Block.CheckTimes(chunk, _block.Meta, _block.Folder);
            if (chunk.Overlaps(_minTimeMs, _maxTimeMs) && !IsDeleted(deleted, chunk))
            {
                chunks[kept++] = chunk;
            }
        }

        _entry.KeepChunks(kept);
        return kept > 0;
    }

    private static bool IsDeleted(ReadOnlySpan<TimeInterval> deleted, ChunkMeta chunk)
    {
        foreach (TimeInterval interval in deleted)
        {
            if (interval.Covers(chunk.MinTimeMs, chunk.MaxTimeMs))
            {
                return true;
            }
        }

        return false;
    }
}
