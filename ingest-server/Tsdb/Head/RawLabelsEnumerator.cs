using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Walks the labels of a raw form as <see cref="RawLabels"/> draws it. Bytes of another shape end the walk with
/// <see cref="Malformed"/> set.
/// </summary>
internal ref struct RawLabelsEnumerator(ReadOnlySpan<byte> raw) : ILabelWalk
{
    private ReadOnlySpan<byte> _rest = raw;
    private ReadOnlySpan<byte> _name;
    private ReadOnlySpan<byte> _value;

    /// <summary>True while every length that was met stood in one byte, its shortest form.</summary>
    public bool HasShortLengthsOnly { get; private set; } = true;

    public readonly LabelPair Current => new(_name, _value);

    /// <summary>True once bytes were met that are not the drawn fields.</summary>
    public bool Malformed { get; private set; }

    public readonly RawLabelsEnumerator GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.IsEmpty || Malformed)
        {
            return false;
        }

        return TryTakeShort() || TakeAny();
    }

    /// <summary>Takes a label whose lengths stand in one byte each, as nearly all do.</summary>
    private bool TryTakeShort()
    {
        const int NameStart = 4;
        ReadOnlySpan<byte> rest = _rest;
        if (rest.Length < NameStart || rest[0] != 0x0A || rest[2] != 0x0A || ((rest[1] | rest[3]) & 0x80) != 0)
        {
            return false;
        }

        int end = 2 + rest[1];
        int valueField = NameStart + rest[3];
        int valueStart = valueField + 2;
        if (end > rest.Length || valueStart > end || rest[valueField] != 0x12 || rest[valueField + 1] != end - valueStart)
        {
            return false;
        }

        _name = rest[NameStart..valueField];
        _value = rest[valueStart..end];
        _rest = rest[end..];
        return true;
    }

    private bool TakeAny()
    {
        HasShortLengthsOnly = false;
        ReadOnlySpan<byte> label = Take(ref _rest, 0x0A);
        _name = Take(ref label, 0x0A);
        _value = Take(ref label, 0x12);
        Malformed |= !label.IsEmpty;
        return !Malformed;
    }

    private ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> rest, byte field)
    {
        if (rest.Length < 2 || rest[0] != field)
        {
            Malformed = true;
            return default;
        }

        uint length = rest[1];
        int header = 2;
        if (length >= 0x80)
        {
            length &= 0x7F;
            int shift = 7;
            byte next;
            do
            {
                if (header == rest.Length || shift > 21)
                {
                    Malformed = true;
                    return default;
                }

                next = rest[header++];
                length |= (uint)(next & 0x7F) << shift;
                shift += 7;
            }
            while (next >= 0x80);
        }

        if (length > (uint)(rest.Length - header))
        {
            Malformed = true;
            return default;
        }

        ReadOnlySpan<byte> taken = rest.Slice(header, (int)length);
        rest = rest[(header + (int)length)..];
        return taken;
    }
}
