namespace AmpEdge.Prometheus;

/// <summary>
/// Walks the labels of a blob, in name order: the blob of a <see cref="Labels"/>, or the same bytes in somebody's
/// slab. The layout is drawn above <see cref="Labels"/>.
/// </summary>
public ref struct LabelsEnumerator(ReadOnlySpan<byte> blob) : ILabelWalk
{
    private ReadOnlySpan<byte> _rest = blob;
    private ReadOnlySpan<byte> _name;
    private ReadOnlySpan<byte> _value;

    public readonly LabelPair Current => new(_name, _value);

    public readonly LabelsEnumerator GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        _name = TakeString();
        _value = TakeString();
        return true;
    }

    private ReadOnlySpan<byte> TakeString()
    {
        // Nearly every name and value is shorter than 128 bytes, so the one-byte length is the fast path.
        int length = _rest[0];
        int headerLength = 1;
        if (length >= 0x80)
        {
            length &= 0x7F;
            for (int shift = 7; ; shift += 7)
            {
                byte next = _rest[headerLength++];
                length |= (next & 0x7F) << shift;
                if (next < 0x80)
                {
                    break;
                }
            }
        }

        ReadOnlySpan<byte> taken = _rest.Slice(headerLength, length);
        _rest = _rest[(headerLength + length)..];
        return taken;
    }
}
