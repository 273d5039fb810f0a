namespace AmpEdge.Tsdb;

/// <summary>The series of a log segment by their numbers, which rise from 1 with few gaps.</summary>
internal sealed class SegmentSeries
{
    private const int PageBits = 12;
    private const int PageNumbers = 1 << PageBits;

    /// <summary>Set once the series is known to be in the index; its places in the head are below that.</summary>
    private const uint IsIndexed = 0x8000_0000;

    private uint[]?[] _pages = new uint[]?[16];

    /// <summary>Forgets all of them, for the next segment.</summary>
    public void Clear()
    {
        foreach (uint[]? page in _pages)
        {
            page.AsSpan().Clear();
        }
    }

    public void Set(uint number, uint series)
    {
        int page = (int)(number >> PageBits);
        if (page >= _pages.Length)
        {
            Array.Resize(ref _pages, Math.Max(page + 1, _pages.Length * 2));
        }

        uint[] numbers = _pages[page] ??= new uint[PageNumbers];
        numbers[number & (PageNumbers - 1)] = series;
    }

    /// <summary>The series of a number; false when the segment has described none.</summary>
    /// <param name="number">The number.</param>
    /// <param name="slab">Where the series are.</param>
    /// <param name="series">The series.</param>
    /// <param name="mayBeFirst">Whether the index may lack it.</param>
    public bool TryGet(uint number, PagedSlab<SeriesEntry> slab, out uint series, out bool mayBeFirst)
    {
        uint page = number >> PageBits;
        series = 0;
        mayBeFirst = false;
        if (page >= (uint)_pages.Length || _pages[page] is not { } numbers)
        {
            return false;
        }

        ref uint known = ref numbers[number & (PageNumbers - 1)];
        series = known & ~IsIndexed;
        if (known == series && series != 0)
        {
            // Looking at the series for each sample would cost a place in memory that is needed only later.
            mayBeFirst = slab[series].State != SeriesState.Live;
            known |= mayBeFirst ? 0 : IsIndexed;
        }

        return series != 0;
    }
}
