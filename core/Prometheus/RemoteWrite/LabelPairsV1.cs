namespace AmpEdge.Prometheus;

/// <summary>Walks the labels of a <see cref="TimeSeriesV1"/>; <c>foreach</c> yields name and value as slices.</summary>
public ref struct LabelPairsV1
{
    private readonly ReadOnlySpan<byte> _rawLabels;
    private int _position;
    private ReadOnlySpan<byte> _name;
    private ReadOnlySpan<byte> _value;

    internal LabelPairsV1(ReadOnlySpan<byte> rawLabels)
    {
        _rawLabels = rawLabels;
    }

    public readonly ReadOnlySpan<byte> Name => _name;

    public readonly ReadOnlySpan<byte> Value => _value;

    public readonly LabelPairsV1 Current => this;

    public readonly LabelPairsV1 GetEnumerator() => this;

    public bool MoveNext()
    {
        // Fields of other kinds stand between labels when a sender mixes them; the message was checked before.
        while (_position < _rawLabels.Length
            && TimeSeriesV1.TryReadField(_rawLabels, ref _position, out uint tag, out ReadOnlySpan<byte> content))
        {
            if (tag == WriteRequestV1Fields.SeriesLabel)
            {
                return TryParse(content, out _name, out _value);
            }
        }

        return false;
    }

    internal static bool TryParse(ReadOnlySpan<byte> label, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        // The form that every sender writes; others (a part left out, long texts) take the general way.
        //   0x0A length 1 name | 0x12 length 1 value
        if (label.Length >= 4 && label[0] == WriteRequestV1Fields.LabelName)
        {
            int valueTag = 2 + label[1];
            if (valueTag + 2 <= label.Length && label[1] < 0x80 && label[valueTag] == WriteRequestV1Fields.LabelValue
                && label[valueTag + 1] < 0x80 && valueTag + 2 + label[valueTag + 1] == label.Length)
            {
                name = label[2..valueTag];
                value = label[(valueTag + 2)..];
                return true;
            }
        }

        return TryParseAnyForm(label, out name, out value);
    }

    private static bool TryParseAnyForm(ReadOnlySpan<byte> label, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        ProtobufReader fields = new(label);
        name = default;
        value = default;
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            switch (tag)
            {
                case WriteRequestV1Fields.LabelName:
                    name = fields.ReadBytes();
                    break;
                case WriteRequestV1Fields.LabelValue:
                    value = fields.ReadBytes();
                    break;
                default:
                    if (tag >> 3 <= 2)
                    {
                        return false;
                    }

                    fields.Skip(tag);
                    break;
            }
        }

        return !fields.Malformed;
    }
}
