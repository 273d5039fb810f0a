using System.Numerics;

namespace AmpEdge.Tsdb;

/// <summary>A set of series ids being computed for one query: a rising array, or a bitmap while it is united.</summary>
internal sealed class IdSet
{
    private readonly ulong[] _bits;

    /// <summary>An empty set that can hold the ids below the given end.</summary>
    public IdSet(uint end) => _bits = new ulong[(end >> 6) + 1];

    /// <summary>The set of some rising ids.</summary>
    public static IdSet Of(ReadOnlySpan<uint> rising)
    {
        IdSet set = new(rising.IsEmpty ? 0 : rising[^1] + 1);
        set.Add(rising);
        return set;
    }

    public void Add(ReadOnlySpan<uint> ids)
    {
        ulong[] bits = _bits;
        foreach (uint id in ids)
        {
            // A list may have grown past the end that the set was made for: those series came after the query.
            uint word = id >> 6;
            if (word < (uint)bits.Length)
            {
                bits[word] |= 1UL << (int)(id & 63);
            }
        }
    }

    public bool Contains(uint id)
    {
        uint word = id >> 6;
        return word < (uint)_bits.Length && (_bits[word] & (1UL << (int)(id & 63))) != 0;
    }

    /// <summary>Takes out an id that it has.</summary>
    public void Remove(uint id) => _bits[id >> 6] &= ~(1UL << (int)(id & 63));

    /// <summary>The ids, rising.</summary>
    public uint[] ToArray()
    {
        int count = 0;
        foreach (ulong word in _bits)
        {
            count += BitOperations.PopCount(word);
        }

        uint[] ids = new uint[count];
        int next = 0;
        for (int index = 0; index < _bits.Length; index++)
        {
            for (ulong rest = _bits[index]; rest != 0; rest &= rest - 1)
            {
                ids[next++] = ((uint)index << 6) + (uint)BitOperations.TrailingZeroCount(rest);
            }
        }

        return ids;
    }
}
