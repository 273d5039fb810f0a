namespace AmpEdge.Tsdb;

/// <summary>A block of a <see cref="BlockSlab"/>: 20 bits of page, 12 bits of 16-byte units. Zero is no block.</summary>
internal readonly record struct BlockRef(uint Value)
{
    public bool IsNone => Value == 0;
}
