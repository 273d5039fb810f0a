using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AmpEdge.Tsdb;

/// <summary>
/// Rising lists of series ids in slab blocks. A list is one 64-bit word, block in the upper half and count in the lower,
/// so that readers always see a block and a count that belong together; a list of one id holds it in place of the
/// block.
/// </summary>
internal sealed class PostingLists(BlockSlab blocks, Retirement retirement)
{
    private const int FirstBlockIds = 4;

    public static int Count(ulong list) => (int)(uint)list;

    /// <summary>The ids of a list; for a list of one they are written to <paramref name="single"/>.</summary>
    public ReadOnlySpan<uint> Ids(ulong list, Span<uint> single)
    {
        int count = Count(list);
        if (count == 1)
        {
            single[0] = (uint)(list >> 32);
            return single[..1];
        }

        return count == 0
            ? default
            : MemoryMarshal.Cast<byte, uint>(blocks.Get(new BlockRef((uint)(list >> 32)), count * sizeof(uint)));
    }

    /// <summary>The list with so many ids in a row at the end, all of them above its others.</summary>
    public ulong Add(ulong list, uint firstId, int added, long sequence)
    {
        int count = Count(list);
        if (count + added == 1)
        {
            return Word(firstId, 1);
        }

        uint single = 0;
        ReadOnlySpan<uint> ids = Ids(list, new Span<uint>(ref single));
        Debug.Assert(ids.IsEmpty || ids[^1] < firstId, "ids are added in rising order");
        BlockRef block = new((uint)(list >> 32));
        Span<uint> target = count > 1 ? MemoryMarshal.Cast<byte, uint>(blocks.Get(block)) : default;
        if (target.Length < count + added)
        {
            block = blocks.Take(Math.Max(FirstBlockIds, count + Math.Max(added, (count / 2) + 1)) * sizeof(uint));
            target = MemoryMarshal.Cast<byte, uint>(blocks.Get(block));
            ids.CopyTo(target);
            Retire(list, sequence);
        }

        target = target.Slice(count, added);
        for (int index = 0; index < target.Length; index++)
        {
            target[index] = firstId + (uint)index;
        }

        return Word(block.Value, count + added);
    }

    /// <summary>The list without the given ids, in a block of its own; the same list when it has none of them.</summary>
    public ulong Without(ulong list, IdSet removed, long sequence)
    {
        uint single = 0;
        ReadOnlySpan<uint> ids = Ids(list, new Span<uint>(ref single));
        int kept = 0;
        uint last = 0;
        foreach (uint id in ids)
        {
            (kept, last) = removed.Contains(id) ? (kept, last) : (kept + 1, id);
        }

        if (kept == ids.Length)
        {
            return list;
        }

        Retire(list, sequence);
        if (kept <= 1)
        {
            return kept == 0 ? 0 : Word(last, 1);
        }

        BlockRef block = blocks.Take(kept * sizeof(uint));
        Span<uint> target = MemoryMarshal.Cast<byte, uint>(blocks.Get(block));
        int next = 0;
        foreach (uint id in ids)
        {
            if (!removed.Contains(id))
            {
                target[next++] = id;
            }
        }

        return Word(block.Value, kept);
    }

    private static ulong Word(uint upper, int count) => ((ulong)upper << 32) | (uint)count;

    private void Retire(ulong list, long sequence)
    {
        if (Count(list) > 1)
        {
            retirement.Retire(sequence, RetiredKind.Block, (uint)(list >> 32));
        }
    }
}
