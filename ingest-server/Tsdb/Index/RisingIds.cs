namespace AmpEdge.Tsdb;

/// <summary>Search in rising ids.</summary>
internal static class RisingIds
{
    /// <summary>The first place from <paramref name="from"/> on whose id is not below the wanted one; the length when there is none.</summary>
    public static int AdvanceTo(ReadOnlySpan<uint> ids, int from, uint wanted)
    {
        // Doubling steps: near places cost nearly nothing, far ones a logarithm.
        int step = 1;
        int low = from;
        while (from < ids.Length && ids[from] < wanted)
        {
            low = from + 1;
            from += step;
            step *= 2;
        }

        int high = Math.Min(from, ids.Length);
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = ids[middle] < wanted ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
