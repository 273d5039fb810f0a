using System.Numerics;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Distinct texts in UTF-8 (names of labels, values), numbered as they come. All bytes lie in one buffer, so that a million of them
/// are not a million objects. One thread.
/// </summary>
/// <param name="seed">Keys the hash, so that senders cannot choose collisions.</param>
internal sealed class TextSet(ulong seed)
{
    private const int FirstTexts = 16;

    private readonly ByteBuffer _bytes = new();
    private int[] _ends = new int[FirstTexts];

    /// <summary>Open addressing: the number of a text and one, or 0.</summary>
    private int[] _slots = [];

    /// <summary>So many texts have a slot: as long as none is looked for, none needs one.</summary>
    private int _slotted;

    public int Count { get; private set; }

    public ReadOnlySpan<byte> this[int text]
    {
        get
        {
            int start = text == 0 ? 0 : _ends[text - 1];
            return _bytes.Written[start.._ends[text]];
        }
    }

    public bool Contains(ReadOnlySpan<byte> text)
    {
        if (Count == 0)
        {
            return false;
        }

        int slot = SlotOf(text);
        return _slots[slot] != 0;
    }

    /// <summary>The number of a text, new or not.</summary>
    public int Add(ReadOnlySpan<byte> text)
    {
        int slot = SlotOf(text);
        if (_slots[slot] == 0)
        {
            AddNew(text);
            _slots[slot] = Count;
            _slotted = Count;
        }

        return _slots[slot] - 1;
    }

    /// <summary>Adds a text; without a look when it is known not to be there.</summary>
    public void Add(ReadOnlySpan<byte> text, bool isNew)
    {
        if (isNew)
        {
            AddNew(text);
        }
        else
        {
            Add(text);
        }
    }

    private void AddNew(ReadOnlySpan<byte> text)
    {
        if (Count == _ends.Length)
        {
            Array.Resize(ref _ends, Count * 2);
        }

        _bytes.Append(text);
        _ends[Count++] = _bytes.Length;
    }

    /// <summary>Where a text is, or would be.</summary>
    private int SlotOf(ReadOnlySpan<byte> text)
    {
        if ((Count + 1) * 2 > _slots.Length)
        {
            _slots = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(FirstTexts, Count + 1) * 4)];
            _slotted = 0;
        }

        for (; _slotted < Count; _slotted++)
        {
            _slots[FindSlot(this[_slotted])] = _slotted + 1;
        }

        return FindSlot(text);
    }

    private int FindSlot(ReadOnlySpan<byte> text)
    {
        int mask = _slots.Length - 1;
        int slot = (int)(XxHash64.Hash(text, seed) >> 33) & mask;
        while (_slots[slot] != 0 && !this[_slots[slot] - 1].SequenceEqual(text))
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }
}
