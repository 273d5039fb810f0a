using System.Buffers.Binary;

namespace AmpEdge.Prometheus;

/// <summary>Walks the samples of a <see cref="TimeSeriesV1"/>.</summary>
public ref struct SamplesV1
{
    /// <summary>Two tags, a value, and a time of six bytes.</summary>
    private const int UsualLength = 16;

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
        // The form that every sender writes; others (a zero left out, fields swapped) take the general way.
        //   0x09 value 8 | 0x10 timestamp 1..10
        if (sample.Length == UsualLength && sample[0] == WriteRequestV1Fields.SampleValue
            && sample[9] == WriteRequestV1Fields.SampleTimestamp)
        {
            // The six bytes of a time between 2004 and 2109: all but the last say that one more follows.
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(sample[8..]) >> 16;
            if ((word & 0x8080_8080_8080) == 0x0080_8080_8080)
            {
                value = BinaryPrimitives.ReadDoubleLittleEndian(sample[1..]);
                timestampMs = (long)((word & 0x7F) | (word & 0x7F00) >> 1 | (word & 0x7F_0000) >> 2
                    | (word & 0x7F00_0000) >> 3 | (word & 0x7F_0000_0000) >> 4 | (word & 0x7F00_0000_0000) >> 5);
                return true;
            }
        }

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
