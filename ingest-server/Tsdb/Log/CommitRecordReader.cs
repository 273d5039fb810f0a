using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Walks a commit record in the order in which it is written: series, metadata, samples. Bytes of another shape set
/// <see cref="Malformed"/> and end every walk; nothing is thrown.
/// </summary>
/// <param name="payload">The record's payload.</param>
/// <param name="scratch">Where labels are put together; its content is lost.</param>
internal ref struct CommitRecordReader(ReadOnlySpan<byte> payload, LabelScratch scratch)
{
    private readonly LabelScratch _scratch = scratch;
    private SpanReader _reader = new(payload);
    private int _samplesLeft = -1;

    /// <summary>True once the bytes did not hold what the format demands. Never reset.</summary>
    public bool Malformed { get; private set; }

    /// <summary>The number of the series or sample read last; meaningful within one segment.</summary>
    public uint Number { get; private set; }

    /// <summary>The labels of the series read last, in canonical raw form; valid until the next one is read.</summary>
    public ReadOnlySpan<byte> Labels { get; private set; }

    public long TimestampMs { get; private set; }

    public double Value { get; private set; }

    /// <summary>Goes to the next described series; false at the end of that section.</summary>
    public bool NextSeries()
    {
        ulong number = _reader.ReadUvarint();
        Check(number <= uint.MaxValue);
        if (number == 0 || Malformed)
        {
            return false;
        }

        Number = (uint)number;
        int prefix = _reader.ReadUvarintInt32();
        int suffix = _reader.ReadUvarintInt32();
        Check(_scratch.TryReplaceMiddle(Labels, prefix, _reader.ReadLengthPrefixed(), suffix, out ReadOnlySpan<byte> labels));
        Check(!Malformed && RawLabels.IsCanonical(labels));
        Labels = labels;
        return !Malformed;
    }

    /// <summary>Reads the metadata section.</summary>
    public void ReadMetadata(List<MetricMetadata> families)
    {
        int count = _reader.ReadUvarintInt32();
        for (int index = 0; index < count && !Malformed; index++)
        {
            byte type = _reader.ReadByte();
            string name = Encoding.UTF8.GetString(_reader.ReadLengthPrefixed());
            string help = Encoding.UTF8.GetString(_reader.ReadLengthPrefixed());
            string unit = Encoding.UTF8.GetString(_reader.ReadLengthPrefixed());
            Check(type <= (byte)MetricType.Stateset);
            if (!Malformed)
            {
                families.Add(new MetricMetadata(name, (MetricType)type, help, unit));
            }
        }

        Check(true);
    }

    /// <summary>Goes to the next sample; false at the end of the record.</summary>
    public bool NextSample()
    {
        if (_samplesLeft < 0)
        {
            StartSamples();
        }

        if (_samplesLeft == 0 || Malformed)
        {
            return false;
        }

        _samplesLeft--;
        byte head = _reader.ReadByte();
        long number = Number + 1L;
        number += (head & CommitRecord.NumberFollows) != 0 ? _reader.ReadVarint() : 0;
        TimestampMs += (head & CommitRecord.TimeFollows) != 0 ? _reader.ReadVarint() : 0;
        int valueBytes = head & CommitRecord.ValueBytesMask;
        Check(number is > 0 and <= uint.MaxValue && valueBytes <= sizeof(ulong) && (head & 0x30) == 0);
        Number = (uint)number;
        Value = ReadValue(valueBytes);
        return !Malformed;
    }

    private void StartSamples()
    {
        _samplesLeft = _reader.ReadUvarintInt32();
        Number = 0;
        TimestampMs = _samplesLeft > 0 ? _reader.ReadVarint() : 0;
        Check(_samplesLeft > 0 || _reader.AtEnd);
    }

    private double ReadValue(int count)
    {
        ReadOnlySpan<byte> bytes = _reader.ReadBytes(count);
        Check(_samplesLeft > 0 || _reader.AtEnd);
        ulong bits = 0;
        foreach (byte next in bytes)
        {
            bits = (bits << 8) | next;
        }

        return BitConverter.UInt64BitsToDouble(count == 0 ? 0 : bits << (8 * (sizeof(ulong) - bytes.Length)));
    }

    private void Check(bool holds) => Malformed |= !holds || _reader.Truncated;
}
