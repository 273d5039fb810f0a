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
    private byte[] _scratch = [];

    /// <summary>For chunks of native histograms; made when one is met.</summary>
    private HistogramNumbers? _numbers;
    private Histogram? _histogram;
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
    }

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

    /// <summary>Whether a chunk of the current series begins before the one in front of it ends.</summary>
    internal bool ChunksOverlap
    {
        get
        {
            ReadOnlySpan<ChunkMeta> chunks = Chunks;
            for (int index = 1; index < chunks.Length; index++)
            {
                if (chunks[index].MinTimeMs <= chunks[index - 1].MaxTimeMs)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The deleted times of the current series.</summary>
    public ReadOnlySpan<TimeInterval> Deleted => _tombstones.Of(Reference);

    ReadOnlySpan<uint> ISelectedPart.Ids => _series;

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
        _block.Chunks.Read(chunk.Ref, ref _scratch, out encoding);

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
        where TSink : struct, ISampleSink
    {
        ReadOnlySpan<byte> bytes = ReadChunk(chunk, out ChunkEncoding encoding);
        switch (encoding)
        {
            case ChunkEncoding.Xor:
                XorDecoder decoder = new(bytes);
                if (TSink.TakesColumns && Deleted.IsEmpty)
                {
                    // All of it is read here, or none.
                    decoder.ReadAll(_minTimeMs, _maxTimeMs, ref sink);
                }

                Decode(chunk, decoder, ref sink);
                break;
            case ChunkEncoding.Xor2:
                Decode(chunk, new Xor2Decoder(bytes), ref sink);
                break;
            case ChunkEncoding.Histogram or ChunkEncoding.FloatHistogram:
                _numbers ??= new HistogramNumbers();
                Decode(chunk, new HistogramDecoder(bytes, encoding == ChunkEncoding.FloatHistogram, _numbers), ref sink);
                break;
            default:
                _block.Chunks.ThrowBroken(chunk.Ref, $"encoding {(byte)encoding}, which cannot be read: known are 1 to 4");
                break;
        }
    }

    private void Decode<TSink>(ChunkMeta chunk, HistogramDecoder decoder, ref TSink sink)
        where TSink : struct, ISampleSink
    {
        _histogram ??= new Histogram();
        ReadOnlySpan<TimeInterval> deleted = Deleted;
        while (decoder.MoveNext() && decoder.TimestampMs <= _maxTimeMs)
        {
            if (decoder.TimestampMs >= _minTimeMs && !IsDeleted(ref deleted, decoder.TimestampMs))
            {
                _numbers!.CopyTo(_histogram, decoder.Hint);
                if (_histogram.Schema > Histogram.MaxSchema)
                {
                    // Of a version to come, whose buckets mean the same.
                    _histogram.ReduceResolution(Histogram.MaxSchema);
                }

                sink.Add(decoder.TimestampMs, _histogram);
            }
        }

        if (decoder.Corrupt)
        {
            _block.Chunks.ThrowBroken(chunk.Ref, "histograms that cannot be decoded");
        }
    }

    private void Decode<TDecoder, TSink>(ChunkMeta chunk, TDecoder decoder, ref TSink sink)
        where TDecoder : struct, IFloatDecoder, allows ref struct
        where TSink : struct, ISampleSink
    {
        ReadOnlySpan<TimeInterval> deleted = Deleted;
        while (decoder.MoveNext() && decoder.TimestampMs <= _maxTimeMs)
        {
            if (decoder.TimestampMs >= _minTimeMs && !IsDeleted(ref deleted, decoder.TimestampMs))
            {
                sink.Add(decoder.TimestampMs, decoder.Value);
            }
        }

        if (decoder.Corrupt)
        {
            _block.Chunks.ThrowBroken(chunk.Ref, "samples that cannot be decoded");
        }
    }

    /// <summary>Times rise within a chunk, so intervals that lie before one are of no use to the next.</summary>
    private static bool IsDeleted(ref ReadOnlySpan<TimeInterval> deleted, long timeMs)
    {
        while (!deleted.IsEmpty && deleted[0].MaxTimeMs < timeMs)
        {
            deleted = deleted[1..];
        }

        return !deleted.IsEmpty && deleted[0].MinTimeMs <= timeMs;
    }

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
