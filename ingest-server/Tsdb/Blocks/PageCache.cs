namespace AmpEdge.Tsdb;

/// <summary>
/// Pages of block files, as many as the bound allows; the ones not asked for longest make room. One cache serves all
/// databases of a process, so that they share one bound; each has a share of its own (<see cref="NewShare"/>). Thread-safe.
/// </summary>
/// <remarks>
/// A page never changes once it is read, and whoever reads it keeps it alive, so nothing is pinned or counted: beyond the
/// bound there are only the pages that some reader is looking at. Whoever has an equal part of the pages or more makes room by
/// pages of its own, others by pages of those who have more than that: a large scan in one database does not drive out what
/// another one reads again and again. A share that was not used for minutes has no claim.
/// </remarks>
public sealed class PageCache
{
    /// <summary>The size of a page; a file's last one is shorter.</summary>
    public const int PageBytes = 16 * 1024;

    private const int StripeCount = 16;

    /// <summary>The pages of all shares.</summary>
    private readonly PageStripe[] _stripes;
    private readonly Numbers _numbers;
    private readonly int _share;

    /// <param name="capacityBytes">The bound; sixteen pages at least.</param>
    /// <param name="time">Tells how long a share was not used; the system's when null.</param>
    public PageCache(long capacityBytes, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacityBytes);
        int pages = (int)Math.Clamp(capacityBytes / PageBytes / StripeCount, 1, int.MaxValue);
        _numbers = new Numbers();
        _stripes = new PageStripe[StripeCount];
        for (int stripe = 0; stripe < StripeCount; stripe++)
        {
            _stripes[stripe] = new PageStripe(pages, time ?? TimeProvider.System);
        }

        CapacityBytes = (long)pages * StripeCount * PageBytes;
    }

    private PageCache(PageCache whole, int share)
    {
        _stripes = whole._stripes;
        _numbers = whole._numbers;
        CapacityBytes = whole.CapacityBytes;
        _share = share;
    }

    public long CapacityBytes { get; }

    /// <summary>What the pages of all shares take now.</summary>
    public long Bytes => Sum(static stripe => stripe.Bytes);

    /// <summary>Reads of a page that was there.</summary>
    public long Hits => Sum(static stripe => stripe.Hits);

    /// <summary>Reads of a page that came from the disk.</summary>
    public long Misses => Sum(static stripe => stripe.Misses);

    /// <summary>The same pages for another user, who has a claim of its own.</summary>
    public PageCache NewShare() => new(this, Interlocked.Increment(ref _numbers.Shares));

    /// <summary>Gives up the claim: the pages of this share make room first.</summary>
    public void EndShare()
    {
        foreach (PageStripe stripe in _stripes)
        {
            stripe.EndShare(_share);
        }
    }

    /// <summary>A number that no other file of this cache has.</summary>
    internal uint NewFile() => (uint)Interlocked.Increment(ref _numbers.Files);

    internal byte[] Get(PagedFile file, uint page)
    {
        ulong key = ((ulong)file.Number << 32) | page;
        PageStripe stripe = _stripes[(key * 0x9E3779B97F4A7C15) >> 60];
        if (stripe.TryGet(key, out byte[]? bytes))
        {
            return bytes;
        }

        bytes = file.ReadPage(page);
        stripe.Put(key, bytes, _share);
        return bytes;
    }

    private long Sum(Func<PageStripe, long> number)
    {
        long sum = 0;
        foreach (PageStripe stripe in _stripes)
        {
            sum += number(stripe);
        }

        return sum;
    }

    /// <summary>The last numbers given out, for all shares.</summary>
    private sealed class Numbers
    {
        public int Files;
        public int Shares;
    }
}
