using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Reads and decodes chunks of blocks, with buffers that it uses again; one thread at a time. All members throw a
/// <see cref="BlockCorruptionException"/> when a chunk cannot be read.
/// </summary>
/// <param name="minTimeMs">The first time of interest.</param>
/// <param name="maxTimeMs">The last one, inclusive.</param>
internal sealed class BlockChunkDecoder(long minTimeMs, long maxTimeMs)
{
    private readonly long _minTimeMs = minTimeMs;
    private readonly long _maxTimeMs = maxTimeMs;
    private byte[] _scratch = [];

    /// <summary>For chunks of native histograms; made when one is met.</summary>
    private HistogramNumbers? _numbers;
    private Histogram? _histogram;

    /// <summary>The bytes of a chunk, as they were written; valid until the next call.</summary>
    public ReadOnlySpan<byte> Read(Block block, ChunkMeta chunk, out ChunkEncoding encoding) =>
        block.Chunks.Read(chunk.Ref, ref _scratch, out encoding);

    /// <summary>Hands over a chunk's samples between the times, rising, without those that are deleted.</summary>
    public void Decode<TSink>(Block block, ChunkMeta chunk, ReadOnlySpan<TimeInterval> deleted, ref TSink sink)
        where TSink : struct, ISampleSink
    {
        ReadOnlySpan<byte> bytes = Read(block, chunk, out ChunkEncoding encoding);
        switch (encoding)
        {
            case ChunkEncoding.Xor:
                XorDecoder decoder = new(bytes);
                if (TSink.TakesColumns && deleted.IsEmpty)
                {
                    // All of it is read here, or none.
                    decoder.ReadAll(_minTimeMs, _maxTimeMs, ref sink);
                }

                Decode(block, chunk, decoder, deleted, ref sink);
                break;
            case ChunkEncoding.Xor2:
                Decode(block, chunk, new Xor2Decoder(bytes), deleted, ref sink);
                break;
            case ChunkEncoding.Histogram or ChunkEncoding.FloatHistogram:
                _numbers ??= new HistogramNumbers();
                Decode(block, chunk, new HistogramDecoder(bytes, encoding == ChunkEncoding.FloatHistogram, _numbers), deleted, ref sink);
                break;
            default:
                block.Chunks.ThrowBroken(chunk.Ref, $"encoding {(byte)encoding}, which cannot be read: known are 1 to 4");
                break;
        }
    }

    private void Decode<TSink>(
        Block block, ChunkMeta chunk, HistogramDecoder decoder, ReadOnlySpan<TimeInterval> deleted, ref TSink sink)
        where TSink : struct, ISampleSink
    {
        _histogram ??= new Histogram();
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
            block.Chunks.ThrowBroken(chunk.Ref, "histograms that cannot be decoded");
        }
    }

    private void Decode<TDecoder, TSink>(
        Block block, ChunkMeta chunk, TDecoder decoder, ReadOnlySpan<TimeInterval> deleted, ref TSink sink)
        where TDecoder : struct, IFloatDecoder, allows ref struct
        where TSink : struct, ISampleSink
    {
        while (decoder.MoveNext() && decoder.TimestampMs <= _maxTimeMs)
        {
            if (decoder.TimestampMs >= _minTimeMs && !IsDeleted(ref deleted, decoder.TimestampMs))
            {
                sink.Add(decoder.TimestampMs, decoder.Value);
            }
        }

        if (decoder.Corrupt)
        {
            block.Chunks.ThrowBroken(chunk.Ref, "samples that cannot be decoded");
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
}
