namespace AmpEdge.Agent.Buffer;

/// <summary>Where a byte string lies in <see cref="LabelSlabs"/>: its slab in the upper half of the start, where it begins there in the lower.</summary>
internal readonly record struct SlabPlace(uint Start, int Length)
{
    private const int OffsetBits = 16;

    public SlabPlace(int slab, int offset, int length)
        : this(((uint)slab << OffsetBits) | (uint)offset, length)
    {
    }

    public int Slab => (int)(Start >> OffsetBits);

    public int Offset => (int)(Start & ((1 << OffsetBits) - 1));
}
