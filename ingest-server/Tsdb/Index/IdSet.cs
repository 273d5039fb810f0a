using System.Numerics;

namespace AmpEdge.Tsdb;

/// <summary>A set of series ids as a bitmap.</summary>
internal sealed class IdSet
{
    /// <summary>How far a search goes at once.</summary>
    private const uint WordsAhead = 8;

    private readonly ulong[] _bits;

    /// <summary>An empty set that can hold the ids below the given end.</summary>
    public IdSet(uint end) => _bits = new ulong[(end >> 6) + 1];

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

    /// <summary>
    /// The given id when it is in the set; else another above it, below which there is none from the given one on. Looks only a
    /// little ahead, so that asking costs the same in a set of few.
    /// </summary>
    public uint Seek(uint id)
    {
        uint word = id >> 6;
        if (word >= (uint)_bits.Length)
        {
            return uint.MaxValue;
        }

        ulong here = _bits[word] >> (int)(id & 63);
        if (here != 0)
        {
            return id + (uint)BitOperations.TrailingZeroCount(here);
        }

        uint end = Math.Min(word + WordsAhead, (uint)_bits.Length);
        for (word++; word < end; word++)
        {
            if (_bits[word] != 0)
            {
                return (word << 6) + (uint)BitOperations.TrailingZeroCount(_bits[word]);
            }
        }

        return word >= (uint)_bits.Length ? uint.MaxValue : word << 6;
    }

    /// <summary>How many ids there are.</summary>
    public int Count()
    {
        int count = 0;
        foreach (ulong word in _bits)
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    /// <summary>The ids, rising.</summary>
    public uint[] ToArray()
    {
        uint[] ids = new uint[Count()];
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
