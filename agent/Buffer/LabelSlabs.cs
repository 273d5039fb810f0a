using System.Buffers.Binary;
using System.Runtime.InteropServices;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Buffer;

/// <summary>
/// Many small byte strings in a few large arrays: nothing for the collector to trace, and no header per string. Freed
/// places are kept by size and used again; each holds where the next one of its size is, so that freeing needs no memory. Not
/// thread-safe.
/// </summary>
internal sealed class LabelSlabs(int grain = LabelSlabs.UsualGrain)
{
    private const int SlabLength = 64 << 10;

    /// <summary>A place has 16 bits for its slab: 4 GiB of labels.</summary>
    private const int MaxSlabs = 1 << 16;

    private const int UsualGrain = 16;

    /// <summary>Ends a chain of free places. No place begins there: it would have no room.</summary>
    private const uint NoPlace = uint.MaxValue;

    /// <summary>Places are multiples of this, so that a freed one fits another string of about its length.</summary>
    private readonly int _grain = grain;

    private readonly List<byte[]> _slabs = [];

    /// <summary>The first free place of each length that was ever stored.</summary>
    private readonly Dictionary<int, uint> _freeByLength = [];
    private int _usedOfLast = SlabLength;

    /// <summary>The bytes of all slabs, used or free.</summary>
    public long CapacityBytes { get; private set; }

    public SlabPlace Store(ReadOnlySpan<byte> bytes)
    {
        SlabPlace place = Take(RoundUp(bytes.Length)) with { Length = bytes.Length };
        bytes.CopyTo(_slabs[place.Slab].AsSpan(place.Offset));
        return place;
    }

    public ReadOnlySpan<byte> Read(SlabPlace place) => _slabs[place.Slab].AsSpan(place.Offset, place.Length);

    /// <summary>Gives the place back; it must not be read again.</summary>
    public void Free(SlabPlace place)
    {
        ref uint first = ref CollectionsMarshal.GetValueRefOrNullRef(_freeByLength, RoundUp(place.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(_slabs[place.Slab].AsSpan(place.Offset), first);
        first = place.Start;
    }

    private int RoundUp(int length) => Math.Max(_grain, (length + _grain - 1) / _grain * _grain);

    private SlabPlace Take(int length)
    {
        ref uint free = ref CollectionsMarshal.GetValueRefOrAddDefault(_freeByLength, length, out bool isKnown);
        free = isKnown ? free : NoPlace;
        if (free != NoPlace)
        {
            SlabPlace reused = new(free, length);
            free = BinaryPrimitives.ReadUInt32LittleEndian(_slabs[reused.Slab].AsSpan(reused.Offset));
            return reused;
        }

        if (length > SlabLength - _usedOfLast)
        {
            Invariant.Require(_slabs.Count < MaxSlabs, "labels take less than 4 GiB");
            byte[] slab = new byte[Math.Max(SlabLength, length)];
            _slabs.Add(slab);
            CapacityBytes += slab.Length;
            _usedOfLast = 0;
        }

        SlabPlace place = new(_slabs.Count - 1, _usedOfLast, length);
        _usedOfLast += length;
        return place;
    }
}
