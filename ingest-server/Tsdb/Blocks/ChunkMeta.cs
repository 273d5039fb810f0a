namespace AmpEdge.Tsdb;

/// <summary>One chunk of a series in a block's index.</summary>
/// <param name="MinTimeMs">Its first sample, ms.</param>
/// <param name="MaxTimeMs">Its last sample, ms.</param>
/// <param name="Ref">Where its bytes are.</param>
public readonly record struct ChunkMeta(long MinTimeMs, long MaxTimeMs, ChunkRef Ref)
{
    /// <summary>Whether it may have samples between two times, both inclusive.</summary>
    public bool Overlaps(long minTimeMs, long maxTimeMs) => MinTimeMs <= maxTimeMs && MaxTimeMs >= minTimeMs;
}
