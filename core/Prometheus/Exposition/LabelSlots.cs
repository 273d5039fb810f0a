namespace AmpEdge.Prometheus;

/// <summary>A list of label ranges that a parser fills for each line and that is reused from line to line.</summary>
public sealed class LabelSlots
{
    private LabelSlot[] _slots = new LabelSlot[16];
    private int _count;

    public int Count => _count;

    public ReadOnlySpan<LabelSlot> Slots => _slots.AsSpan(0, _count);

    internal void Clear() => _count = 0;

    internal void Truncate(int count) => _count = count;

    internal void Add(LabelSlot slot)
    {
        if (_count == _slots.Length)
        {
            Array.Resize(ref _slots, _count * 2);
        }

        _slots[_count++] = slot;
    }
}
