namespace AmpEdge.Tsdb;

/// <summary>A cut of the head whose blocks are on the disk and in the set, and whose samples are still in the head too.</summary>
/// <param name="Start">What a restart is to know.</param>
/// <param name="FrozenSequence">The last commit before the cut: what came later and belongs before its end is in no block.</param>
/// <param name="SeenSequence">Queries from this sequence on see the blocks; the head's samples go when no older one is left.</param>
internal sealed record PendingCut(HeadStart Start, long FrozenSequence, long SeenSequence)
{
    /// <summary>The disk has <see cref="Start"/>.</summary>
    public bool IsNoted { get; set; }
}
