namespace AmpEdge.Prometheus;

/// <summary>Walks the samples of a <see cref="TimeSeriesV1"/>.</summary>
public ref struct SamplesV1
{
    private readonly ReadOnlySpan<byte> _samples;
    private int _position;
    private long _timestampMs;
    private double _value;

    internal SamplesV1(ReadOnlySpan<byte> samples)
    {
        _samples = samples;
    }

    public readonly long TimestampMs => _timestampMs;

    /// <summary>The value, bit for bit: the payload of a NaN is kept.</summary>
    public readonly double Value => _value;

    public readonly SamplesV1 Current => this;

    public readonly SamplesV1 GetEnumerator() => this;

    public bool MoveNext()
    {
        if (UsualFormV1.TrySample(_samples, _position, out ulong encodedTime))
        {
            _value = UsualFormV1.ReadValue(_samples, _position);
            _timestampMs = UsualFormV1.DecodeTime(encodedTime);
            _position += UsualFormV1.SampleFieldLength;
            return true;
        }

        while (_position < _samples.Length
            && TimeSeriesV1.TryReadField(_samples, ref _position, out uint tag, out ReadOnlySpan<byte> content))
        {
            if (tag == WriteRequestV1Fields.SeriesSample)
            {
                return TryParse(content, out _timestampMs, out _value);
            }
        }

        return false;
    }

    internal static bool TryParse(ReadOnlySpan<byte> sample, out long timestampMs, out double value)
    {
        ProtobufReader fields = new(sample);
        timestampMs = 0;
        value = 0;
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            switch (tag)
            {
                case WriteRequestV1Fields.SampleValue:
                    value = BitConverter.UInt64BitsToDouble(fields.ReadFixed64());
                    break;
                case WriteRequestV1Fields.SampleTimestamp:
                    timestampMs = (long)fields.ReadVarint();
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
