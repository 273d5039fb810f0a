namespace AmpEdge.Tsdb;

/// <summary>A full chunk of a series: 40 bytes in a slab, linked from oldest to newest.</summary>
internal struct ClosedChunk
{
    /// <summary>What one takes.</summary>
    public const int Bytes = 40;

    public long MinTimeMs;

    public long MaxTimeMs;

    /// <summary>The arena page of its bytes.</summary>
    public int Page;

    /// <summary>Where the bytes start in that page.</summary>
    public int Offset;

    public int Length;

    /// <summary>The chunk after this one; 0 at the newest.</summary>
    public uint Next;

    public ushort Samples;

    public ChunkForm Form;
}
