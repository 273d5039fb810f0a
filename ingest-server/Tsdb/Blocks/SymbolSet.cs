using System.Numerics;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// The distinct names and values of a block that is being written, numbered as they come. All bytes lie in one buffer,
/// so that a million of them are not a million objects.
/// </summary>
internal sealed class SymbolSet
{
    private const int FirstSymbols = 256;

    private readonly ByteBuffer _bytes = new(16 * 1024);
    private readonly ulong _seed;
    private int[] _ends = new int[FirstSymbols];
    private int[] _slots = new int[FirstSymbols * 2];

    /// <param name="seed">Keys the hash, so that senders cannot choose collisions.</param>
    public SymbolSet(ulong seed) => _seed = seed;

    public int Count { get; private set; }

    public ReadOnlySpan<byte> this[int symbol]
    {
        get
        {
            int start = symbol == 0 ? 0 : _ends[symbol - 1];
            return _bytes.Written[start.._ends[symbol]];
        }
    }

    /// <summary>The number of a symbol, new or not.</summary>
    public int Add(ReadOnlySpan<byte> symbol)
    {
        if (Count * 2 >= _slots.Length)
        {
            Grow();
        }

        int slot = FindSlot(symbol);
        if (_slots[slot] == 0)
        {
            if (Count == _ends.Length)
            {
                Array.Resize(ref _ends, Count * 2);
            }

            _bytes.Append(symbol);
            _ends[Count++] = _bytes.Length;
            _slots[slot] = Count;
        }

        return _slots[slot] - 1;
    }

    /// <summary>The numbers in the order of the symbols' bytes.</summary>
    public int[] Sorted()
    {
        int[] order = new int[Count];
        for (int symbol = 0; symbol < order.Length; symbol++)
        {
            order[symbol] = symbol;
        }

        order.AsSpan().Sort((left, right) => this[left].SequenceCompareTo(this[right]));
        return order;
    }

    private int FindSlot(ReadOnlySpan<byte> symbol)
    {
        int mask = _slots.Length - 1;
        int slot = (int)(XxHash64.Hash(symbol, _seed) >> 33) & mask;
        while (_slots[slot] != 0 && !this[_slots[slot] - 1].SequenceEqual(symbol))
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void Grow()
    {
        _slots = new int[BitOperations.RoundUpToPowerOf2((uint)_slots.Length * 2)];
        for (int symbol = 0; symbol < Count; symbol++)
        {
            _slots[FindSlot(this[symbol])] = symbol + 1;
        }
    }
}
