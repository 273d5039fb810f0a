using System.Numerics;

namespace AmpEdge.Tsdb;

/// <summary>
/// Entries in order of appearance and the hash slots that find them. The writer appends; readers may be at work in the
/// same table, so an entry is complete before its slot or the count says that it is there.
/// </summary>
internal sealed class ValueTable
{
    public const int InitialEntries = 4;

    private int _count;

    public ValueTable(int capacity)
    {
        Entries = new ValueEntry[capacity];
        Slots = new int[BitOperations.RoundUpToPowerOf2((uint)capacity * 2)];
    }

    public ValueEntry[] Entries { get; }

    /// <summary>Entry number plus one; 0 is empty. At most half are in use.</summary>
    public int[] Slots { get; }

    public int Count => Volatile.Read(ref _count);

    public long Bytes => (Slots.Length * 4L) + (Entries.Length * 16L);

    public void Append(in ValueEntry entry)
    {
        Entries[_count] = entry;
        Volatile.Write(ref _count, _count + 1);
    }

    public void Insert(uint hash, int index)
    {
        uint mask = (uint)Slots.Length - 1;
        uint slot = hash & mask;
        while (Slots[slot] != 0)
        {
            slot = (slot + 1) & mask;
        }

        Volatile.Write(ref Slots[slot], index + 1);
    }
}
