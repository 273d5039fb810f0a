namespace AmpEdge.Tsdb;

/// <summary>
/// Pages of block files, as many as the bound allows; the ones not asked for longest make room. One cache serves all
/// blocks of all databases of a process, so that they share one bound. Thread-safe.
/// </summary>
/// <remarks>
/// A page never changes once it is read, and whoever reads it keeps it alive, so nothing is pinned or counted: beyond the
/// bound there are only the pages that some reader is looking at.
/// </remarks>
public sealed class PageCache
{
    /// <summary>The size of a page; a file's last one is shorter.</summary>
    public const int PageBytes = 16 * 1024;

    private const int StripeCount = 16;

    private readonly Stripe[] _stripes = new Stripe[StripeCount];
    private int _files;

    /// <param name="capacityBytes">The bound; sixteen pages at least.</param>
    public PageCache(long capacityBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacityBytes);
        int pages = (int)Math.Clamp(capacityBytes / PageBytes / StripeCount, 1, int.MaxValue);
        for (int stripe = 0; stripe < StripeCount; stripe++)
        {
            _stripes[stripe] = new Stripe(pages);
        }

        CapacityBytes = (long)pages * StripeCount * PageBytes;
    }

    public long CapacityBytes { get; }

    /// <summary>What the pages take now.</summary>
    public long Bytes => Sum(static stripe => stripe.Bytes);

    /// <summary>Reads of a page that was there.</summary>
    public long Hits => Sum(static stripe => stripe.Hits);

    /// <summary>Reads of a page that came from the disk.</summary>
    public long Misses => Sum(static stripe => stripe.Misses);

    /// <summary>A number that no other file of this cache has.</summary>
    internal uint NewFile() => (uint)Interlocked.Increment(ref _files);

    internal byte[] Get(PagedFile file, uint page)
    {
        ulong key = ((ulong)file.Number << 32) | page;
        Stripe stripe = _stripes[(key * 0x9E3779B97F4A7C15) >> 60];
        if (stripe.TryGet(key, out byte[]? bytes))
        {
            return bytes;
        }

        bytes = file.ReadPage(page);
        stripe.Put(key, bytes);
        return bytes;
    }

    private long Sum(Func<Stripe, long> number)
    {
        long sum = 0;
        foreach (Stripe stripe in _stripes)
        {
            sum += number(stripe);
        }

        return sum;
    }

    /// <summary>A part of the pages, under a lock of its own.</summary>
    private sealed class Stripe(int capacity)
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<ulong, int> _places = [];
        private readonly List<Slot> _slots = [];
        private int _hand;

        // Written under the lock.
        private long _bytes;
        private long _hits;
        private long _misses;

        public long Bytes => Volatile.Read(ref _bytes);

        public long Hits => Volatile.Read(ref _hits);

        public long Misses => Volatile.Read(ref _misses);

        public bool TryGet(ulong key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out byte[]? page)
        {
            lock (_lock)
            {
                if (_places.TryGetValue(key, out int place))
                {
                    Slot slot = _slots[place];
                    slot.WasUsed = true;
                    page = slot.Page;
                    _hits++;
                    return true;
                }

                _misses++;
            }

            page = null;
            return false;
        }

        public void Put(ulong key, byte[] page)
        {
            lock (_lock)
            {
                // Another reader may have brought the same page meanwhile.
                if (_places.ContainsKey(key))
                {
                    return;
                }

                _bytes += page.Length;
                if (_slots.Count < capacity)
                {
                    _places.Add(key, _slots.Count);
                    _slots.Add(new Slot { Key = key, Page = page });
                    return;
                }

                Slot victim = _slots[TakeVictim()];
                _bytes -= victim.Page.Length;
                _places.Remove(victim.Key);
                _places.Add(key, _hand);
                (victim.Key, victim.Page) = (key, page);
            }
        }

        /// <summary>The next place whose page was not used since the hand last came by.</summary>
        private int TakeVictim()
        {
            do
            {
                _hand = _hand + 1 < _slots.Count ? _hand + 1 : 0;
                if (!_slots[_hand].WasUsed)
                {
                    break;
                }

                _slots[_hand].WasUsed = false;
            }
            while (true);
            return _hand;
        }

        private sealed class Slot
        {
            public required ulong Key { get; set; }

            public required byte[] Page { get; set; }

            public bool WasUsed { get; set; }
        }
    }
}
