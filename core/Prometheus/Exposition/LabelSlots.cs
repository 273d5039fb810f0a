namespace AmpEdge.Prometheus;

/// <summary>A list of label ranges that a parser fills for each line and that is reused from line to line.</summary>
public sealed class LabelSlots
{
    private const int UsualCount = 16;

    /// <summary>A longer list is not kept for the lines that follow.</summary>
    private const int MaxKeptCount = 1024;

    private LabelSlot[] _slots = new LabelSlot[UsualCount];
    private int _count;

    public int Count => _count;

    public ReadOnlySpan<LabelSlot> Slots => _slots.AsSpan(0, _count);

    internal void Clear()
    {
        _count = 0;
        if (_slots.Length > MaxKeptCount)
        {
            _slots = new LabelSlot[UsualCount];
        }
    }

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
