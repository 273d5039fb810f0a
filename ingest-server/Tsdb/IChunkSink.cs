namespace AmpEdge.Tsdb;

/// <summary>Takes series one after the other, each as its chunks in order of time.</summary>
public interface IChunkSink
{
    /// <summary>Begins a series; its labels are the blob of a label set.</summary>
    void BeginSeries(ReadOnlySpan<byte> labelsBlob);

    /// <summary>Takes the next chunk of the series; the bytes are the caller's again afterwards.</summary>
    void AddChunk(long minTimeMs, long maxTimeMs, ChunkEncoding encoding, ReadOnlySpan<byte> bytes);
}
