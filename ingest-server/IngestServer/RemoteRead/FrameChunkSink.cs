using AmpEdge.Prometheus;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.RemoteRead;

/// <summary>Puts the chunks of a store into frames; the numbers of encodings are the same in both.</summary>
internal sealed class FrameChunkSink(ReadFrames frames) : IChunkSink
{
    private readonly ReadFrames _frames = frames;

    public void BeginSeries(ReadOnlySpan<byte> labelsBlob) => _frames.BeginSeries(labelsBlob);

    public void AddChunk(long minTimeMs, long maxTimeMs, ChunkEncoding encoding, ReadOnlySpan<byte> bytes) =>
        _frames.AddChunk(minTimeMs, maxTimeMs, (byte)encoding, bytes);
}
