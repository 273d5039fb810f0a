namespace AmpEdge.Tsdb;

/// <summary>
/// Puts one series after the other into a block: chunks as they are where they can stay, samples into new chunks of 120
/// where they cannot. One thread.
/// </summary>
internal sealed class ChunkRewriter
{
    private readonly BlockWriter _writer;
    private readonly byte[] _bytes = new byte[(SeriesChunks.SamplesPerChunk + 2) * XorState.MaxSampleBytes];
    private XorState _open;
    private long _openMinTimeMs;

    public ChunkRewriter(BlockWriter writer) => _writer = writer;

    /// <summary>Begins a series; those without a sample are left out of the block.</summary>
    public void BeginSeries(ReadOnlySpan<byte> labelsBlob)
    {
        EndChunk();
        _writer.BeginSeries(labelsBlob);
    }

    /// <summary>Takes a whole chunk, all of whose samples come after those before.</summary>
    public void Copy(long minTimeMs, long maxTimeMs, ChunkEncoding encoding, ReadOnlySpan<byte> bytes)
    {
        EndChunk();
        _writer.AddChunk(minTimeMs, maxTimeMs, encoding, bytes);
    }

    /// <summary>Takes a sample that comes after those before.</summary>
    public void Add(long timestampMs, double value)
    {
        if (_open.Samples == SeriesChunks.SamplesPerChunk)
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

    /// <summary>Ends the last series.</summary>
    public void Finish() => EndChunk();

    private void EndChunk()
    {
        if (_open.Samples == 0)
        {
            return;
        }

        _bytes[0] = (byte)(_open.Samples >> 8);
        _bytes[1] = (byte)_open.Samples;
        _writer.AddChunk(_openMinTimeMs, _open.TimestampMs, ChunkEncoding.Xor, _bytes.AsSpan(0, _open.ByteLength));
        _open = default;
    }
}
