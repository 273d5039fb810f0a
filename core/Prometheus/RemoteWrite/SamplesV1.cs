using System.Buffers.Binary;

namespace AmpEdge.Prometheus;

/// <summary>Walks the samples of a <see cref="TimeSeriesV1"/>.</summary>
public ref struct SamplesV1
{
    private ProtobufReader _fields;
    private long _timestampMs;
    private double _value;

    internal SamplesV1(ReadOnlySpan<byte> samples)
    {
        _fields = new ProtobufReader(samples);
    }

    public readonly long TimestampMs => _timestampMs;

    /// <summary>The value, bit for bit: the payload of a NaN is kept.</summary>
    public readonly double Value => _value;

    public readonly SamplesV1 Current => this;

    public readonly SamplesV1 GetEnumerator() => this;

    public bool MoveNext()
    {
        for (uint tag = _fields.NextTag(); tag != 0; tag = _fields.NextTag())
        {
            if (tag == WriteRequestV1Fields.SeriesSample)
            {
                return TryParse(_fields.ReadBytes(), out _timestampMs, out _value);
            }

            _fields.Skip(tag);
        }

        return false;
    }

    internal static bool TryParse(ReadOnlySpan<byte> sample, out long timestampMs, out double value)
    {
        // The form that every sender writes; others (a zero left out, fields swapped) take the general way.
        //   0x09 value 8 | 0x10 timestamp 1..10
        if (sample.Length > 10 && sample[0] == WriteRequestV1Fields.SampleValue
            && sample[9] == WriteRequestV1Fields.SampleTimestamp
            && Uvarint.TryRead(sample[10..], out ulong timestamp, out int length) && length == sample.Length - 10)
        {
            value = BinaryPrimitives.ReadDoubleLittleEndian(sample[1..]);
            timestampMs = (long)timestamp;
            return true;
        }

        return TryParseAnyForm(sample, out timestampMs, out value);
    }

    private static bool TryParseAnyForm(ReadOnlySpan<byte> sample, out long timestampMs, out double value)
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
