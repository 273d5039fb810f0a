namespace AmpEdge.Tsdb;

/// <summary>
/// A rising list of series ids: where an index has it, or the ids themselves when they had to be read or united. Read through
/// <see cref="IPostingIndex.Ids"/>, for as long as what it was asked of is held.
/// </summary>
internal readonly struct PostingList
{
    /// <summary>A list that stays where it is.</summary>
    /// <param name="place">What its index knows it by.</param>
    /// <param name="count">How many ids there are.</param>
    public PostingList(ulong place, int count) => (Place, Count) = (place, count);

    public PostingList(uint[] rising) => (Read, Count) = (rising, rising.Length);

    /// <summary>What the index knows the list by.</summary>
    public ulong Place { get; }

    /// <summary>The ids; null while the list stays in the index.</summary>
    public uint[]? Read { get; }

    public int Count { get; }
}
