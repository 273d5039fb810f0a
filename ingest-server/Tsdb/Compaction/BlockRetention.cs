namespace AmpEdge.Tsdb;

/// <summary>Which blocks are given up for their age or for room. Pure, as planning is.</summary>
internal static class BlockRetention
{
    /// <summary>The places of the blocks whose newest sample is older than the retention.</summary>
    /// <param name="blocks">All blocks.</param>
    /// <param name="newestMs">The newest sample of the database, which the retention counts back from.</param>
    /// <param name="retention">How long samples are kept.</param>
    public static List<int> TooOld(IReadOnlyList<BlockExtent> blocks, long newestMs, TimeSpan retention)
    {
        List<int> places = [];
        double boundMs = newestMs - retention.TotalMilliseconds;
        for (int index = 0; index < blocks.Count; index++)
        {
            // The end is the first time that is not in the block.
            if (blocks[index].MaxTimeMs <= boundMs)
            {
                places.Add(index);
            }
        }

        return places;
    }

    /// <summary>
    /// The places of the oldest blocks, as many as it takes for the rest, and what else the database has on the disk, to
    /// fit; 0 for no bound.
    /// </summary>
    /// <param name="blocks">All blocks, sorted by their first time.</param>
    /// <param name="otherBytes">What the log takes.</param>
    /// <param name="maxBytes">What all may take together; 0 for any amount.</param>
    public static List<int> TooMuch(IReadOnlyList<BlockExtent> blocks, long otherBytes, long maxBytes)
    {
        List<int> places = [];
        long bytes = otherBytes;
        for (int index = blocks.Count - 1; index >= 0 && maxBytes > 0; index--)
        {
            bytes += blocks[index].SizeBytes;
            if (bytes > maxBytes)
            {
                places.Add(index);
            }
        }

        places.Reverse();
        return places;
    }
}
