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

    /// <summary>The labels of fields that <see cref="TimeSeriesV1.RawLabels"/> gave, or that were written like those.</summary>
    public static LabelPairsV1 Of(ReadOnlySpan<byte> rawLabels) => new(rawLabels);

    public readonly ReadOnlySpan<byte> Name => _name;

    public readonly ReadOnlySpan<byte> Value => _value;

    public readonly LabelPairsV1 Current => this;

    public readonly LabelPairsV1 GetEnumerator() => this;

    public bool MoveNext()
    {
        if (UsualFormV1.TryLabel(_rawLabels, _position, out int nameEnd, out int end))
        {
            _name = _rawLabels[(_position + 4)..nameEnd];
            _value = _rawLabels[(nameEnd + 2)..end];
            _position = end;
            return true;
        }

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
