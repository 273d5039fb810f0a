using System.Diagnostics.CodeAnalysis;

namespace AmpEdge.Tsdb;

/// <summary>A part of the pages of a <see cref="PageCache"/>, under a lock of its own.</summary>
internal sealed class PageStripe(int capacity, TimeProvider time)
{
    /// <summary>A share that was not used for so long has no claim.</summary>
    private static readonly TimeSpan s_idleAfter = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, int> _places = [];
    private readonly List<Slot> _slots = [];

    /// <summary>The shares that have pages here.</summary>
    private readonly Dictionary<int, Share> _shares = [];
    private int _hand;

    // Written under the lock.
    private long _bytes;
    private long _hits;
    private long _misses;

    public long Bytes => Volatile.Read(ref _bytes);

    public long Hits => Volatile.Read(ref _hits);

    public long Misses => Volatile.Read(ref _misses);

    public bool TryGet(ulong key, [NotNullWhen(true)] out byte[]? page)
    {
        lock (_lock)
        {
            if (_places.TryGetValue(key, out int place))
            {
                Slot slot = _slots[place];
                slot.WasUsed = true;
                slot.Owner.Uses++;
                slot.Owner.IsIdle = false;
                page = slot.Page;
                _hits++;
                return true;
            }

            _misses++;
        }

        page = null;
        return false;
    }

    public void Put(ulong key, byte[] page, int share)
    {
        lock (_lock)
        {
            // Another reader may have brought the same page meanwhile.
            if (_places.ContainsKey(key))
            {
                return;
            }

            Share owner = ShareOf(share);
            _bytes += page.Length;
            if (_slots.Count < capacity)
            {
                _places.Add(key, _slots.Count);
                _slots.Add(new Slot { Key = key, Page = page, Owner = owner });
                owner.Pages++;
                return;
            }

            Slot victim = _slots[TakeVictim(owner)];
            _bytes -= victim.Page.Length;
            _places.Remove(victim.Key);
            _places.Add(key, _hand);
            GiveUp(victim.Owner, owner);
            owner.Pages++;
            (victim.Key, victim.Page, victim.Owner) = (key, page, owner);
        }
    }

    public void EndShare(int share)
    {
        lock (_lock)
        {
            if (_shares.TryGetValue(share, out Share? ended))
            {
                ended.IsIdle = true;
            }
        }
    }

    private Share ShareOf(int number)
    {
        if (!_shares.TryGetValue(number, out Share? share))
        {
            share = new Share { Number = number, CheckedAt = time.GetTimestamp() };
            _shares.Add(number, share);
        }

        share.Uses++;
        share.IsIdle = false;
        return share;
    }

    private void GiveUp(Share loser, Share taker)
    {
        loser.Pages--;
        if (loser.Pages == 0 && loser != taker)
        {
            _shares.Remove(loser.Number);
        }
    }

    /// <summary>The next place that has to make room for a share and whose page was not used since the hand last came by.</summary>
    private int TakeVictim(Share taker)
    {
        // With more shares than pages there is no equal part of them.
        int claimants = CountClaimants();
        int fair = claimants > capacity ? 0 : capacity / claimants;
        bool byItsOwn = fair > 0 && taker.Pages >= fair;
        while (true)
        {
            _hand = _hand + 1 < _slots.Count ? _hand + 1 : 0;
            Slot slot = _slots[_hand];
            bool makesRoom = slot.Owner.IsIdle || (byItsOwn ? slot.Owner == taker : slot.Owner.Pages > fair);
            if (makesRoom && !slot.WasUsed)
            {
                return _hand;
            }

            slot.WasUsed &= !makesRoom;
        }
    }

    private int CountClaimants()
    {
        long now = time.GetTimestamp();
        int claimants = 0;
        foreach (Share share in _shares.Values)
        {
            if (time.GetElapsedTime(share.CheckedAt, now) >= s_idleAfter)
            {
                share.IsIdle = share.Uses == share.UsesBefore;
                (share.UsesBefore, share.CheckedAt) = (share.Uses, now);
            }

            claimants += share.IsIdle ? 0 : 1;
        }

        return claimants;
    }

    private sealed class Share
    {
        public required int Number { get; init; }

        /// <summary>Pages that it has here.</summary>
        public int Pages { get; set; }

        /// <summary>How often it was used, and how often until it was last looked whether it is idle.</summary>
        public long Uses { get; set; }

        public long UsesBefore { get; set; }

        public long CheckedAt { get; set; }

        public bool IsIdle { get; set; }
    }

    private sealed class Slot
    {
        public required ulong Key { get; set; }

        public required byte[] Page { get; set; }

        public required Share Owner { get; set; }

        public bool WasUsed { get; set; }
    }
}
