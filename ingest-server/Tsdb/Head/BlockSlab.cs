using System.Diagnostics;
using System.Numerics;

namespace AmpEdge.Tsdb;

/// <summary>
/// Byte blocks of many sizes inside 64 KiB pages that the collector never moves nor looks into: labels, open chunks and
/// posting lists live here. Taking and giving back is safe from any thread; reading needs no lock.
/// </summary>
/// <remarks>
/// A page holds blocks of one size class; the free blocks of a page are a list through their first two bytes. A page
/// without a used block goes back to the runtime. Whoever gives a block back makes sure that no reader is left
/// (<see cref="Retirement"/>). A block above the largest class has a page of its own.
/// </remarks>
internal sealed class BlockSlab
{
    private const int PageBytes = 64 * 1024;
    private const int UnitBytes = 16;
    private const int UnitBits = 12;
    private const int MaxPages = 1 << 20;
    private const int LargestClassBytes = 16 * 1024;

    /// <summary>Ends a page's list of free blocks; no block starts at the last unit.</summary>
    private const ushort NoUnit = 0xFFFF;

    private static readonly int[] s_classBytes = MakeClasses();

    private readonly Lock _lock = new();

    /// <summary>Per class, the pages that have a free block, and perhaps some that no longer do.</summary>
    private readonly Stack<int>[] _pagesWithRoom = new Stack<int>[s_classBytes.Length];
    private readonly Stack<int> _freePages = new();
    private PageState[] _states = new PageState[16];

    /// <summary>The pages; swapped for a longer array as it grows, never changed for a page in use.</summary>
    private byte[]?[] _pages = new byte[]?[16];
    private int _pageCount;
    private long _pageBytes;
    private long _usedBytes;

    public BlockSlab()
    {
        for (int index = 0; index < _pagesWithRoom.Length; index++)
        {
            _pagesWithRoom[index] = new Stack<int>();
        }

        // Page 0 stays empty so that a reference of zero is no block.
        _pageCount = 1;
    }

    /// <summary>Bytes held from the runtime.</summary>
    public long PageBytesHeld => Interlocked.Read(ref _pageBytes);

    /// <summary>Bytes in blocks handed out, rounded up to their class.</summary>
    public long UsedBytes => Interlocked.Read(ref _usedBytes);

    /// <summary>What a request for so many bytes gets.</summary>
    public static int RoundUp(int bytes) =>
        bytes > LargestClassBytes ? checked((int)BitOperations.RoundUpToPowerOf2((uint)bytes)) : s_classBytes[ClassOf(bytes)];

    /// <summary>Takes a block of at least <paramref name="bytes"/>; its bytes are arbitrary.</summary>
    public BlockRef Take(int bytes)
    {
        Debug.Assert(bytes > 0, "an empty block has no address");
        lock (_lock)
        {
            if (bytes > LargestClassBytes)
            {
                int size = RoundUp(bytes);
                _usedBytes += size;
                return new BlockRef((uint)AddPage(size, -1) << UnitBits);
            }

            int sizeClass = ClassOf(bytes);
            _usedBytes += s_classBytes[sizeClass];
            return TakeFromPage(PageWithRoom(sizeClass), sizeClass);
        }
    }

    /// <summary>The whole block, up to the size of its class.</summary>
    public Span<byte> Get(BlockRef block)
    {
        Debug.Assert(!block.IsNone, "no block");
        int page = (int)(block.Value >> UnitBits);
        int offset = (int)(block.Value & ((1 << UnitBits) - 1)) * UnitBytes;
        byte[] bytes = Volatile.Read(ref _pages)[page]!;
        return bytes.AsSpan(offset, Volatile.Read(ref _states)[page].BlockBytes);
    }

    /// <summary>The first bytes of a block.</summary>
    public Span<byte> Get(BlockRef block, int length)
    {
        int page = (int)(block.Value >> UnitBits);
        int offset = (int)(block.Value & ((1 << UnitBits) - 1)) * UnitBytes;
        return Volatile.Read(ref _pages)[page].AsSpan(offset, length);
    }

    /// <summary>Gives a block back; it may be handed out again at once.</summary>
    public void Return(BlockRef block)
    {
        Debug.Assert(!block.IsNone, "no block");
        lock (_lock)
        {
            int page = (int)(block.Value >> UnitBits);
            ref PageState state = ref _states[page];
            _usedBytes -= state.BlockBytes;
            state.Used--;
            Invariant.Require(state.Used >= 0, "a block was given back twice");
            if (state.SizeClass < 0)
            {
                RemovePage(page);
                return;
            }

            ushort unit = (ushort)(block.Value & ((1 << UnitBits) - 1));
            BitConverter.TryWriteBytes(_pages[page].AsSpan(unit * UnitBytes), state.FirstFree);
            state.FirstFree = unit;
            if (state.Used == 0 && _pagesWithRoom[state.SizeClass].Count > 1)
            {
                // Its entry among the pages with room is left behind, and dropped when it is met (PageWithRoom).
                RemovePage(page);
            }
            else if (!state.HasRoom)
            {
                state.HasRoom = true;
                _pagesWithRoom[state.SizeClass].Push(page);
            }
        }
    }

    /// <summary>
    /// Gives back the empty pages that are kept, one of each class at most, so that taking and giving back in turn does not
    /// cost a page each time.
    /// </summary>
    public void DropEmptyPages()
    {
        lock (_lock)
        {
            for (int page = 1; page < _pageCount; page++)
            {
                if (_pages[page] is not null && _states[page].Used == 0)
                {
                    RemovePage(page);
                }
            }
        }
    }

    private static int[] MakeClasses()
    {
        List<int> classes = [];
        for (int bytes = UnitBytes; bytes <= LargestClassBytes;)
        {
            classes.Add(bytes);
            // Steps of a unit up to 256 bytes, then about an eighth: the waste stays near 6 %.
            int step = bytes < 256 ? UnitBytes : (int)BitOperations.RoundUpToPowerOf2((uint)bytes + 1) / 16;
            bytes += step;
        }

        return [.. classes];
    }

    private static int ClassOf(int bytes)
    {
        if (bytes <= 256)
        {
            return (bytes - 1) / UnitBytes;
        }

        int index = Array.BinarySearch(s_classBytes, bytes);
        return index < 0 ? ~index : index;
    }

    private int PageWithRoom(int sizeClass)
    {
        Stack<int> withRoom = _pagesWithRoom[sizeClass];
        while (withRoom.Count > 0)
        {
            int page = withRoom.Peek();
            if (_states[page].SizeClass == sizeClass && _states[page].HasRoom)
            {
                return page;
            }

            withRoom.Pop();
        }

        return AddPage(PageBytes, sizeClass);
    }

    private BlockRef TakeFromPage(int page, int sizeClass)
    {
        ref PageState state = ref _states[page];
        int unit;
        if (state.FirstFree != NoUnit)
        {
            unit = state.FirstFree;
            state.FirstFree = BitConverter.ToUInt16(_pages[page].AsSpan(unit * UnitBytes));
        }
        else
        {
            unit = state.NextFresh / UnitBytes;
            state.NextFresh += state.BlockBytes;
        }

        state.Used++;
        if (state.FirstFree == NoUnit && state.NextFresh + state.BlockBytes > PageBytes)
        {
            state.HasRoom = false;
            int top = _pagesWithRoom[sizeClass].Pop();
            Debug.Assert(top == page, "blocks are taken from the page on top");
        }

        return new BlockRef(((uint)page << UnitBits) | (uint)unit);
    }

    private int AddPage(int bytes, int sizeClass)
    {
        int page = _freePages.Count > 0 ? _freePages.Pop() : _pageCount++;
        Invariant.Require(page < MaxPages, "the head's slabs are full: 64 GiB in blocks of up to 16 KiB");
        if (page == _pages.Length)
        {
            Array.Resize(ref _states, page * 2);
            byte[]?[] longer = new byte[]?[page * 2];
            _pages.CopyTo(longer, 0);
            Volatile.Write(ref _pages, longer);
        }

        _pages[page] = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
        _pageBytes += bytes;
        _states[page] = new PageState
        {
            SizeClass = sizeClass,
            BlockBytes = sizeClass < 0 ? bytes : s_classBytes[sizeClass],
            FirstFree = NoUnit,
            Used = sizeClass < 0 ? 1 : 0,
            HasRoom = sizeClass >= 0,
        };
        if (sizeClass >= 0)
        {
            _pagesWithRoom[sizeClass].Push(page);
        }

        return page;
    }

    private void RemovePage(int page)
    {
        _pageBytes -= _pages[page]!.Length;
        _pages[page] = null;
        _states[page] = default;
        _freePages.Push(page);
    }

    /// <summary>Book-keeping of one page, under the lock.</summary>
    private struct PageState
    {
        /// <summary>The index of the size class; -1 for a page of one large block.</summary>
        public int SizeClass;

        /// <summary>The bytes of each block here.</summary>
        public int BlockBytes;

        /// <summary>Where the next never-used block starts.</summary>
        public int NextFresh;

        /// <summary>Blocks handed out.</summary>
        public int Used;

        /// <summary>The unit of the first free block, or NoUnit.</summary>
        public ushort FirstFree;

        /// <summary>True while the page stands among the pages with room.</summary>
        public bool HasRoom;
    }
}
