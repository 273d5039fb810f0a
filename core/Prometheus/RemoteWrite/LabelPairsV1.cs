namespace AmpEdge.Prometheus;

/// <summary>Walks the labels of a <see cref="TimeSeriesV1"/>; <c>foreach</c> yields name and value as slices.</summary>
public ref struct LabelPairsV1
{
    private ProtobufReader _fields;
    private ReadOnlySpan<byte> _name;
    private ReadOnlySpan<byte> _value;

    internal LabelPairsV1(ReadOnlySpan<byte> rawLabels)
    {
        _fields = new ProtobufReader(rawLabels);
    }

    public readonly ReadOnlySpan<byte> Name => _name;

    public readonly ReadOnlySpan<byte> Value => _value;

    public readonly LabelPairsV1 Current => this;

    public readonly LabelPairsV1 GetEnumerator() => this;

    public bool MoveNext()
    {
        // Fields of other kinds stand between labels when a sender mixes them; the message was checked before.
        for (uint tag = _fields.NextTag(); tag != 0; tag = _fields.NextTag())
        {
            if (tag == WriteRequestV1Fields.SeriesLabel)
            {
                return TryParse(_fields.ReadBytes(), out _name, out _value);
            }

            _fields.Skip(tag);
        }

        return false;
    }

    internal static bool TryParse(ReadOnlySpan<byte> label, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
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
