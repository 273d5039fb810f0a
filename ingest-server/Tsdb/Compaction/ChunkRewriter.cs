using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Puts one series after the other into a block or another sink: chunks as they are where they can stay, samples into new
/// chunks of 120 where they cannot. One thread.
/// </summary>
internal sealed class ChunkRewriter
{
    private readonly IChunkSink _target;
    private readonly byte[] _bytes = new byte[(SeriesChunks.SamplesPerChunk + 2) * XorState.MaxSampleBytes];
    private XorState _open;
    private long _openMinTimeMs;

    /// <summary>The open chunk of histograms; null before the first one. Without samples while none is open.</summary>
    private HistogramChunk? _histograms;
    private bool _histogramsOpen;

    public ChunkRewriter(IChunkSink target) => _target = target;

    /// <summary>Begins a series; those without a sample are left out of the block.</summary>
    public void BeginSeries(ReadOnlySpan<byte> labelsBlob)
    {
        EndChunk();
        _target.BeginSeries(labelsBlob);
    }

    /// <summary>Takes a whole chunk, all of whose samples come after those before.</summary>
    public void Copy(long minTimeMs, long maxTimeMs, ChunkEncoding encoding, ReadOnlySpan<byte> bytes)
    {
        EndChunk();
        _target.AddChunk(minTimeMs, maxTimeMs, encoding, bytes);
    }

    /// <summary>Takes a sample that comes after those before.</summary>
    public void Add(long timestampMs, double value)
    {
        if (_open.Samples == SeriesChunks.SamplesPerChunk || _histogramsOpen)
        {
            EndChunk();
        }

        if (_open.Samples == 0)
        {
            _openMinTimeMs = timestampMs;
            _open.Start(_bytes, timestampMs, value);
            return;
        }

        Invariant.Require(timestampMs > _open.TimestampMs, "samples are not written to a block in order of time");
        _open.Append(_bytes, timestampMs, value);
    }

    /// <summary>Takes a native histogram that comes after the samples before.</summary>
    public void Add(long timestampMs, Histogram histogram)
    {
        _histograms ??= new HistogramChunk();
        CounterResetHeader header = HistogramChunk.HeaderOf(histogram);
        if (_histogramsOpen)
        {
            bool takes = _histograms.IsFloat == histogram.IsFloat && _histograms.Takes(histogram, out header);
            bool isFull = _histograms.IsFull || _histograms.Samples >= SeriesChunks.SamplesPerChunk;
            Invariant.Require(timestampMs > _histograms.TimestampMs, "samples are not written to a block in order of time");
            if (takes && !isFull)
            {
                _histograms.Append(timestampMs, histogram);
                return;
            }

            header = _histograms.IsFloat == histogram.IsFloat ? header : HistogramChunk.HeaderOf(histogram);
        }

        EndChunk();
        _openMinTimeMs = timestampMs;
        _histograms.Start(timestampMs, histogram, header);
        _histogramsOpen = true;
    }

    /// <summary>Ends the last series.</summary>
    public void Finish() => EndChunk();

    private void EndChunk()
    {
        if (_histogramsOpen && _histograms is { } histograms)
        {
            _target.AddChunk(_openMinTimeMs, histograms.TimestampMs, histograms.Encoding, histograms.Bytes);
            _histogramsOpen = false;
        }

        if (_open.Samples == 0)
        {
            return;
        }

        _bytes[0] = (byte)(_open.Samples >> 8);
        _bytes[1] = (byte)_open.Samples;
        _target.AddChunk(_openMinTimeMs, _open.TimestampMs, ChunkEncoding.Xor, _bytes.AsSpan(0, _open.ByteLength));
        _open = default;
    }
}
