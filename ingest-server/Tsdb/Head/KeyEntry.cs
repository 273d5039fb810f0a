namespace AmpEdge.Tsdb;

/// <summary>One raw form of a series' labels: 20 bytes in a slab, the bytes in a block.</summary>
internal struct KeyEntry
{
    /// <summary>The raw label bytes.</summary>
    public BlockRef Bytes;

    /// <summary>How many there are; valid until the key is released.</summary>
    public int Length;

    /// <summary>The same while the key may be found, 0 from its removal on. Written last when a key is made.</summary>
    public int FindableLength;

    /// <summary>The series that these labels name.</summary>
    public uint Series;

    /// <summary>The key that a sender sent after this one last time; perhaps no longer a key.</summary>
    public uint Follower;
}
