namespace AmpEdge.Tsdb;

/// <summary>
/// Chooses the blocks that become one, by Prometheus's rules: overlapping blocks first; then neighbours that together
/// fill a longer range, or never will because younger blocks lie behind that range; then a block of which much is
/// deleted. Pure: it sees extents and answers with their places.
/// </summary>
internal sealed class CompactionPlanner
{
    /// <summary>A block in which more than this share of series has deletions is written anew.</summary>
    private const double TombstoneShare = 0.05;

    private readonly long[] _ranges;

    /// <param name="ranges">The lengths of blocks in ms, rising (<see cref="BlockRanges"/>).</param>
    public CompactionPlanner(long[] ranges)
    {
        Invariant.Require(ranges.Length > 0, "blocks have at least one range");
        _ranges = ranges;
    }

    /// <summary>
    /// The places of the blocks to compact next, rising; empty when nothing is to be done. One place alone means that the
    /// block is to be written anew without what is deleted.
    /// </summary>
    /// <param name="blocks">All blocks, sorted by their first time.</param>
    public List<int> Plan(IReadOnlyList<BlockExtent> blocks)
    {
        List<int> overlapping = Overlapping(blocks);
        if (overlapping.Count > 0)
        {
            return overlapping;
        }

        // The youngest block stays: what arrives late, or a backup that is being taken, may still want it as it is.
        int settled = blocks.Count - 1;
        List<int> neighbours = Neighbours(blocks, settled);
        return neighbours.Count > 0 ? neighbours : MuchDeleted(blocks, settled);
    }

    /// <summary>The first run of blocks that overlap one another.</summary>
    private static List<int> Overlapping(IReadOnlyList<BlockExtent> blocks)
    {
        List<int> run = [];
        long endMs = long.MinValue;
        for (int index = 0; index < blocks.Count; index++)
        {
            if (blocks[index].Failed)
            {
                continue;
            }

            if (run.Count > 0 && blocks[index].MinTimeMs >= endMs)
            {
                if (run.Count > 1)
                {
                    return run;
                }

                run.Clear();
            }

            run.Add(index);
            endMs = Math.Max(endMs, blocks[index].MaxTimeMs);
        }

        return run.Count > 1 ? run : [];
    }

    /// <summary>Neighbours for the shortest range that some can fill.</summary>
    private List<int> Neighbours(IReadOnlyList<BlockExtent> blocks, int settled)
    {
        if (settled < 1)
        {
            return [];
        }

        long youngestStartMs = blocks[settled - 1].MinTimeMs;
        for (int level = 1; level < _ranges.Length; level++)
        {
            for (int first = 0; first < settled;)
            {
                List<int> together = InOneRange(blocks, settled, first, _ranges[level], out int next);
                if (together.Count > 1 && IsReady(blocks, together, _ranges[level], youngestStartMs))
                {
                    return together;
                }

                first = next;
            }
        }

        return [];
    }

    /// <summary>The blocks from a place on that lie in the same range as the first of them.</summary>
    private static List<int> InOneRange(
        IReadOnlyList<BlockExtent> blocks, int settled, int first, long rangeMs, out int next)
    {
        List<int> together = [];
        long endMs = BlockRanges.EndOf(blocks[first].MinTimeMs, rangeMs);
        next = first;
        while (next < settled && blocks[next].MaxTimeMs <= endMs)
        {
            together.Add(next++);
        }

        // A block that reaches over the border of its range is as long as it gets.
        next = Math.Max(next, first + 1);
        return together;
    }

    private static bool IsReady(IReadOnlyList<BlockExtent> blocks, List<int> together, long rangeMs, long youngestStartMs)
    {
        foreach (int index in together)
        {
            if (blocks[index].Failed)
            {
                return false;
            }
        }

        long startMs = blocks[together[0]].MinTimeMs;
        long endMs = blocks[together[^1]].MaxTimeMs;
        return endMs - startMs == rangeMs || endMs <= youngestStartMs;
    }

    /// <summary>The youngest long block with many deletions, or one of any length that has nothing else.</summary>
    private List<int> MuchDeleted(IReadOnlyList<BlockExtent> blocks, int settled)
    {
        for (int index = settled - 1; index >= 0; index--)
        {
            BlockExtent block = blocks[index];
            if (block.Failed)
            {
                continue;
            }

            // A short block is soon compacted anyway, which carries its deletions out.
            bool isShort = block.MaxTimeMs - block.MinTimeMs < _ranges[_ranges.Length / 2];
            bool chosen = isShort
                ? block.Tombstones > 0 && block.Tombstones >= block.Series
                : block.Tombstones / (block.Series + 1.0) > TombstoneShare;
            if (chosen)
            {
                return [index];
            }
        }

        return [];
    }
}
