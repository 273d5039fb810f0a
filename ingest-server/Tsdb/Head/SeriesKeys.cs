using System.Diagnostics;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Finds series by their raw label bytes: an open-addressing table of 64-bit hashes whose hits are compared byte by
/// byte, and before it a guess, since a sender repeats its series in the same order (50 ns a sample against 143).
/// </summary>
/// <remarks>
/// Finding takes no lock and runs beside one writer; adding and removing need the head's series lock. The finder is
/// registered with <see cref="Retirement"/>, so what it can still reach is not released under it.
/// </remarks>
internal sealed class SeriesKeys
{
    private const ulong Removed = uint.MaxValue;
    private const int InitialSlots = 64;

    private readonly BlockSlab _blocks;
    private readonly ulong _seed;
    private readonly PagedSlab<KeyEntry> _keys = new();

    /// <summary>Upper half: 32 bits of the hash, which also choose the slot; lower half: the key. 0 is empty.</summary>
    private ulong[] _slots = new ulong[InitialSlots];
    private int _occupied;

    public SeriesKeys(BlockSlab blocks, ulong seed)
    {
        _blocks = blocks;
        _seed = seed;
    }

    /// <summary>Keys in the table.</summary>
    public int Count => _keys.Used;

    /// <summary>Bytes of the table and the entries, without the labels.</summary>
    public long TableBytes => (Volatile.Read(ref _slots).Length * 8L) + (_keys.Capacity * 20);

    /// <summary>The raw bytes of a key that has not been released.</summary>
    public ReadOnlySpan<byte> Get(uint key)
    {
        ref KeyEntry entry = ref _keys[key];
        return _blocks.Get(entry.Bytes, entry.Length);
    }

    public uint SeriesOf(uint key) => _keys[key].Series;

    /// <summary>
    /// The key of these bytes, or 0. <paramref name="previous"/> is the key found before it in the same request, or 0.
    /// </summary>
    public uint Find(ReadOnlySpan<byte> raw, uint previous)
    {
        if (previous == 0)
        {
            return Find(raw);
        }

        uint guess = _keys[previous].Follower;
        if (guess != 0 && Matches(guess, raw))
        {
            return guess;
        }

        uint found = Find(raw);
        if (found != 0)
        {
            _keys[previous].Follower = found;
        }

        return found;
    }

    /// <summary>The key of these bytes, or 0, by hash.</summary>
    public uint Find(ReadOnlySpan<byte> raw) => Find(raw, out _);

    /// <summary>The same; the hash is for <see cref="Publish(uint, uint)"/>.</summary>
    public uint Find(ReadOnlySpan<byte> raw, out uint tag)
    {
        ulong[] slots = Volatile.Read(ref _slots);
        tag = TagOf(raw);
        uint mask = (uint)slots.Length - 1;
        for (uint index = tag & mask; ; index = (index + 1) & mask)
        {
            ulong slot = Volatile.Read(ref slots[index]);
            if (slot == 0)
            {
                return 0;
            }

            if (slot != Removed && (uint)(slot >> 32) == tag && Matches((uint)slot, raw))
            {
                return (uint)slot;
            }
        }
    }

    /// <summary>Remembers which key a sender sent after another.</summary>
    public void SetFollower(uint previous, uint key) => _keys[previous].Follower = key;

    /// <summary>Stores bytes that are not in the table; they can be found from <see cref="Publish"/> on.</summary>
    public uint Prepare(ReadOnlySpan<byte> raw, uint series)
    {
        BlockRef bytes = _blocks.Take(Math.Max(raw.Length, 1));
        raw.CopyTo(_blocks.Get(bytes, raw.Length));
        uint key = _keys.Take();
        ref KeyEntry entry = ref _keys[key];
        entry.Bytes = bytes;
        entry.Length = raw.Length;
        entry.Series = series;
        entry.Follower = 0;
        return key;
    }

    /// <summary>Enters a prepared key into the table.</summary>
    /// <param name="key">The key.</param>
    /// <param name="tag">The hash of its bytes, from a search that found nothing.</param>
    public void Publish(uint key, uint tag)
    {
        ReadOnlySpan<byte> raw = Get(key);
        Debug.Assert(Find(raw, out uint actual) == 0 && actual == tag, "each raw form has one key");
        if ((_occupied + 1) * 4L > _slots.Length * 3L)
        {
            Rebuild();
        }

        Volatile.Write(ref _keys[key].FindableLength, raw.Length);
        Insert(_slots, tag, key);
        _occupied++;
    }

    /// <summary>Makes a key impossible to find; it is released later by <see cref="Release"/>.</summary>
    public void Remove(uint key)
    {
        uint tag = TagOf(Get(key));
        uint mask = (uint)_slots.Length - 1;
        ulong wanted = ((ulong)tag << 32) | key;
        for (uint index = tag & mask; ; index = (index + 1) & mask)
        {
            Invariant.Require(_slots[index] != 0, "a removed key was not in the table");
            if (_slots[index] == wanted)
            {
                Volatile.Write(ref _slots[index], Removed);
                Volatile.Write(ref _keys[key].FindableLength, 0);
                return;
            }
        }
    }

    /// <summary>Gives the memory of a removed key back, once nobody can hold it.</summary>
    public void Release(uint key)
    {
        _blocks.Return(_keys[key].Bytes);
        _keys.Return(key);
    }

    /// <summary>Adds every key that names one of the series; walks the table, so it is for many series at once.</summary>
    public void CollectKeys(HashSet<uint> series, List<uint> keys)
    {
        foreach (ulong slot in _slots)
        {
            if (slot is not 0 and not Removed && series.Contains(_keys[(uint)slot].Series))
            {
                keys.Add((uint)slot);
            }
        }
    }

    private static void Insert(ulong[] slots, uint tag, uint key)
    {
        uint mask = (uint)slots.Length - 1;
        uint index = tag & mask;
        while (slots[index] != 0)
        {
            index = (index + 1) & mask;
        }

        Volatile.Write(ref slots[index], ((ulong)tag << 32) | key);
    }

    private bool Matches(uint key, ReadOnlySpan<byte> raw)
    {
        ref KeyEntry entry = ref _keys[key];
        return Volatile.Read(ref entry.FindableLength) == raw.Length
            && _blocks.Get(entry.Bytes, raw.Length).SequenceEqual(raw);
    }

    private uint TagOf(ReadOnlySpan<byte> raw) => (uint)(XxHash64.Hash(raw, _seed) >> 32);

    /// <summary>Makes the table smaller once most of it is empty.</summary>
    public void Shrink()
    {
        if (Count * 8L < _slots.Length && _slots.Length > InitialSlots)
        {
            Rebuild();
        }
    }

    /// <summary>Moves the live slots to a table with room; finders go on in the old one until they see the new.</summary>
    private void Rebuild()
    {
        long live = 0;
        foreach (ulong slot in _slots)
        {
            live += slot is 0 or Removed ? 0 : 1;
        }

        int length = InitialSlots;
        while ((live + 1) * 2 > length)
        {
            length = checked(length * 2);
        }

        ulong[] larger = new ulong[length];
        foreach (ulong slot in _slots)
        {
            if (slot is not 0 and not Removed)
            {
                Insert(larger, (uint)(slot >> 32), (uint)slot);
            }
        }

        _occupied = (int)live;
        Volatile.Write(ref _slots, larger);
    }
}
