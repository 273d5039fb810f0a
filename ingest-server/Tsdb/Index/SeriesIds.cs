namespace AmpEdge.Tsdb;

/// <summary>
/// From the ids in posting lists to places in the series table. Ids rise for ever, so lists stay sorted by appending,
/// while places are used again. A page of 1,024 ids without a series is dropped. One writer, readers without lock.
/// </summary>
internal sealed class SeriesIds
{
    private const int PageBits = 10;
    private const int PageIds = 1 << PageBits;

    private uint[]?[] _pages = new uint[]?[4];
    private int[] _used = new int[4];
    private uint _next = 1;
    private int _pagesHeld;

    /// <summary>One above the last id.</summary>
    public uint End => Volatile.Read(ref _next);

    /// <summary>Bytes of the pages and the table of them.</summary>
    public long BytesHeld => (Volatile.Read(ref _pagesHeld) * (long)PageIds * sizeof(uint)) + (_pages.Length * 12L);

    /// <summary>The place of a series, or 0 when it has left the head.</summary>
    public uint this[uint id]
    {
        get
        {
            uint[]?[] pages = Volatile.Read(ref _pages);
            uint page = id >> PageBits;
            return page < (uint)pages.Length && Volatile.Read(ref pages[page]) is { } ids
                ? Volatile.Read(ref ids[id & (PageIds - 1)])
                : 0;
        }
    }

    /// <summary>Gives the series at a place the next id.</summary>
    public uint Add(uint series)
    {
        uint id = _next;
        Invariant.Require(id != uint.MaxValue, "the ids of series are used up: a restart numbers them anew");
        int page = (int)(id >> PageBits);
        if (page >= _pages.Length)
        {
            uint[]?[] longer = new uint[]?[page * 2];
            _pages.CopyTo(longer, 0);
            Array.Resize(ref _used, page * 2);
            Volatile.Write(ref _pages, longer);
        }

        uint[]? ids = _pages[page];
        if (ids is null)
        {
            ids = new uint[PageIds];
            _pagesHeld++;
        }

        ids[id & (PageIds - 1)] = series;
        Volatile.Write(ref _pages[page], ids);
        _used[page]++;
        Volatile.Write(ref _next, id + 1);
        return id;
    }

    public void Remove(uint id)
    {
        uint page = id >> PageBits;
        Invariant.Require(this[id] != 0, "an id was removed twice");
        Volatile.Write(ref _pages[page]![id & (PageIds - 1)], 0);
        _used[page]--;
        // The page that ids are being added to stays.
        if (_used[page] == 0 && page != _next >> PageBits)
        {
            Volatile.Write(ref _pages[page], null);
            _pagesHeld--;
        }
    }
}
