namespace AmpEdge.Tsdb;

/// <summary>Where a chunk lies in a block: the number of its segment file, from zero, and the offset in it.</summary>
public readonly record struct ChunkRef(ulong Value)
{
    public ChunkRef(int segment, uint offset)
        : this(((ulong)segment << 32) | offset)
    {
    }

    public uint Segment => (uint)(Value >> 32);

    public uint Offset => (uint)Value;
}
