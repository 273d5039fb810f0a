using System.Diagnostics;

namespace AmpEdge.Tsdb;

/// <summary>
/// Structs in pages of 1,024 that never move, addressed by a number from 1; given-back places are used again, and a page
/// without a used place goes back to the runtime. Taking and giving back need the owner's lock, reading does not.
/// </summary>
internal sealed class PagedSlab<T>
    where T : struct
{
    private const int PageBits = 10;
    private const int PageItems = 1 << PageBits;

    /// <summary>Stands for every page that went back; its items are the default, and nobody writes to them.</summary>
    private static readonly T[] s_noPage = new T[PageItems];

    private readonly Stack<uint> _free = new();
    private T[][] _pages = new T[4][];

    /// <summary>How many places of each page are in use.</summary>
    private int[] _usedOf = new int[4];
    private int _pageCount;
    private int _pagesHeld;
    private uint _next = 1;

    /// <summary>One above the highest number ever handed out.</summary>
    public uint End => Volatile.Read(ref _next);

    /// <summary>Places in use.</summary>
    public int Used => (int)_next - 1 - _free.Count;

    /// <summary>Places that pages hold, used or not.</summary>
    public long Capacity => (long)Volatile.Read(ref _pagesHeld) * PageItems;

    public ref T this[uint reference]
    {
        get
        {
            Debug.Assert(reference != 0, "no item");
            return ref Volatile.Read(ref _pages)[reference >> PageBits][reference & (PageItems - 1)];
        }
    }

    /// <summary>A place whose content is the default.</summary>
    public uint Take()
    {
        bool isReused = _free.TryPop(out uint reference);
        reference = isReused ? reference : _next;
        int page = (int)(reference >> PageBits);
        if (page >= _pageCount)
        {
            AddPage();
        }
        else if (_pages[page] == s_noPage)
        {
            Volatile.Write(ref _pages[page], new T[PageItems]);
            _pagesHeld++;
        }

        _usedOf[page]++;
        if (!isReused)
        {
            Volatile.Write(ref _next, reference + 1);
        }

        return reference;
    }

    /// <summary>Clears a place and lets it be taken again.</summary>
    public void Return(uint reference)
    {
        this[reference] = default;
        _free.Push(reference);
        int page = (int)(reference >> PageBits);
        _usedOf[page]--;
        if (_usedOf[page] == 0)
        {
            Volatile.Write(ref _pages[page], s_noPage);
            _pagesHeld--;
        }
    }

    private void AddPage()
    {
        if (_pageCount == _pages.Length)
        {
            T[][] longer = new T[_pageCount * 2][];
            _pages.CopyTo(longer, 0);
            Array.Resize(ref _usedOf, _pageCount * 2);
            longer[_pageCount] = new T[PageItems];
            Volatile.Write(ref _pages, longer);
        }
        else
        {
            Volatile.Write(ref _pages[_pageCount], new T[PageItems]);
        }

        _pageCount++;
        _pagesHeld++;
    }
}
