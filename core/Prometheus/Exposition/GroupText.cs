namespace AmpEdge.Prometheus;

/// <summary>
/// The name and labels that the series of one histogram or summary share, as text in order of the labels' names: equal texts are
/// the same histogram, and labels can be made of it.
/// </summary>
internal sealed class GroupText
{
    private readonly ByteBuffer _text = new();

    public ReadOnlySpan<byte> Text => _text.Written;

    public LabelSlots Slots { get; } = new();

    public Range Name { get; private set; }

    public void Clear()
    {
        _text.Clear();
        Slots.Clear();
        Name = default;
    }

    public bool Equals(GroupText other) => Text.SequenceEqual(other.Text);

    public void CopyFrom(GroupText other)
    {
        Clear();
        _text.Append(other.Text);
        Name = other.Name;
        foreach (ref readonly LabelSlot slot in other.Slots.Slots)
        {
            Slots.Add(slot);
        }
    }

    /// <summary>Writes a series' group over what was there.</summary>
    /// <param name="series">The series.</param>
    /// <param name="nameLength">How much of its name is the histogram's.</param>
    /// <param name="leftOut">The label that tells the series of a group apart, such as <c>le</c>; empty for none.</param>
    public void Write<TSeries>(ref readonly TSeries series, int nameLength, ReadOnlySpan<byte> leftOut)
        where TSeries : struct, ISeriesText, allows ref struct
    {
        Clear();
        ReadOnlySpan<byte> page = series.Page;
        bool isPlain = LabelNames.IsLegacyMetricName(series.Name);
        _text.Append(isPlain ? ""u8 : "{\""u8);
        int start = _text.Length;
        _text.Append(series.Name[..nameLength]);
        Name = start.._text.Length;
        ReadOnlySpan<LabelSlot> slots = series.Labels.Slots;
        _text.Append(isPlain ? "{"u8 : "\","u8);

        // The next name in order that is not below the one before; sets are short, and there is no array to sort in.
        ReadOnlySpan<byte> before = default;
        for (int written = 0; written < slots.Length; written++)
        {
            int next = Next(page, slots, before);
            if (next < 0)
            {
                break;
            }

            before = NameOf(page, slots[next]);
            if (!before.SequenceEqual(leftOut))
            {
                Add(before, page.Slice(slots[next].ValueStart, slots[next].ValueLength));
            }
        }

        _text.Append((byte)'}');
    }

    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> page, in LabelSlot slot) =>
        page.Slice(slot.NameStart, slot.NameLength);

    /// <summary>The slot with the lowest name above <paramref name="before"/>; of a name given twice the first.</summary>
    private static int Next(ReadOnlySpan<byte> page, ReadOnlySpan<LabelSlot> slots, ReadOnlySpan<byte> before)
    {
        int lowest = -1;
        for (int index = 0; index < slots.Length; index++)
        {
            ReadOnlySpan<byte> name = NameOf(page, slots[index]);
            if (name.SequenceCompareTo(before) > 0
                && (lowest < 0 || name.SequenceCompareTo(NameOf(page, slots[lowest])) < 0))
            {
                lowest = index;
            }
        }

        return lowest;
    }

    private void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        bool isPlain = LabelNames.IsLegacyLabelName(name);
        _text.Append(isPlain ? ""u8 : "\""u8);
        int nameStart = _text.Length;
        _text.Append(name);
        _text.Append(isPlain ? "=\""u8 : "\"=\""u8);
        int valueStart = _text.Length;
        _text.Append(value);
        _text.Append("\","u8);
        Slots.Add(new LabelSlot(nameStart, name.Length, valueStart, value.Length));
    }
}
