using System.Diagnostics;

namespace AmpEdge.Tsdb;

/// <summary>
/// The bytes of closed chunks, one behind the other in pages of 256 KiB. Chunks that are closed together lie together
/// and become too old together, so a page empties as a whole and goes back to the runtime. Writing needs the
/// owner's lock, reading none.
/// </summary>
internal sealed class ChunkArena
{
    private const int PageBytes = 256 * 1024;

    private readonly Stack<int> _freePages = new();
    private byte[]?[] _pages = new byte[]?[4];
    private int[] _chunksInPage = new int[4];
    private int _pageCount;
    private int _currentPage = -1;
    private int _currentOffset = PageBytes;
    private long _heldPages;

    /// <summary>Bytes held from the runtime.</summary>
    public long PageBytesHeld => Volatile.Read(ref _heldPages) * PageBytes;

    /// <summary>Copies a chunk's bytes in and says where they lie.</summary>
    public void Store(ReadOnlySpan<byte> chunk, out int page, out int offset)
    {
        Debug.Assert(chunk.Length is > 0 and <= PageBytes, "a chunk fits a page");
        if (_currentOffset + chunk.Length > PageBytes)
        {
            int full = _currentPage;
            StartPage();
            if (full >= 0 && _chunksInPage[full] == 0)
            {
                DropPage(full);
            }
        }

        page = _currentPage;
        offset = _currentOffset;
        chunk.CopyTo(_pages[page].AsSpan(offset));
        _chunksInPage[page]++;
        _currentOffset += chunk.Length;
    }

    public ReadOnlySpan<byte> Get(int page, int offset, int length) =>
        Volatile.Read(ref _pages)[page].AsSpan(offset, length);

    /// <summary>One chunk of the page is gone for good; with the last one goes the page.</summary>
    public void Release(int page)
    {
        _chunksInPage[page]--;
        Invariant.Require(_chunksInPage[page] >= 0, "a chunk was released twice");
        if (_chunksInPage[page] == 0 && page != _currentPage)
        {
            DropPage(page);
        }
    }

    /// <summary>Gives the page back that chunks are being stored in, when it has none.</summary>
    public void DropEmptyPage()
    {
        if (_currentPage >= 0 && _chunksInPage[_currentPage] == 0)
        {
            DropPage(_currentPage);
            _currentPage = -1;
            _currentOffset = PageBytes;
        }
    }

    private void StartPage()
    {
        int page = _freePages.Count > 0 ? _freePages.Pop() : _pageCount++;
        if (page == _pages.Length)
        {
            byte[]?[] longer = new byte[]?[page * 2];
            _pages.CopyTo(longer, 0);
            Array.Resize(ref _chunksInPage, page * 2);
            Volatile.Write(ref _pages, longer);
        }

        Volatile.Write(ref _pages[page], GC.AllocateUninitializedArray<byte>(PageBytes, pinned: true));
        _chunksInPage[page] = 0;
        _currentPage = page;
        _currentOffset = 0;
        _heldPages++;
    }

    private void DropPage(int page)
    {
        _pages[page] = null;
        _freePages.Push(page);
        _heldPages--;
    }
}
