namespace AmpEdge.Tsdb;

/// <summary>What planning needs to know of a block.</summary>
/// <param name="MinTimeMs">Its first time, ms.</param>
/// <param name="MaxTimeMs">The first time that is not in it any more, ms.</param>
/// <param name="Series">How many series it has.</param>
/// <param name="Tombstones">How many deletions wait to be carried out.</param>
/// <param name="SizeBytes">What its files take on the disk.</param>
/// <param name="Failed">A compaction of it failed, so that it is left alone: the others go on.</param>
internal readonly record struct BlockExtent(
    long MinTimeMs, long MaxTimeMs, long Series = 0, long Tombstones = 0, long SizeBytes = 0, bool Failed = false);
