namespace AmpEdge.Tsdb;

/// <summary>One value of a label: its bytes and the series that have it.</summary>
internal struct ValueEntry
{
    /// <summary>The value's bytes, UTF-8.</summary>
    public BlockRef Bytes;

    public int Length;

    /// <summary>A list of <see cref="PostingLists"/>; read and written as one word.</summary>
    public ulong Postings;
}
