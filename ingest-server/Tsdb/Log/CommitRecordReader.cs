using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Walks a commit record in the order in which it is written: series, metadata, samples, parts. Bytes of another shape set
/// <see cref="Malformed"/> and end every walk; nothing is thrown.
/// </summary>
/// <param name="payload">The record's payload.</param>
/// <param name="scratch">Where labels are put together; its content is lost.</param>
/// <param name="hasParts">Parts follow the samples (<see cref="RecordType.CommitWithParts"/>).</param>
internal ref struct CommitRecordReader(ReadOnlySpan<byte> payload, LabelScratch scratch, bool hasParts = false)
{
    private readonly bool _hasParts = hasParts;
    private int _partsLeft = -1;
    private CommitPart _part;
    private int _itemsLeft;
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

    /// <summary>
    /// Goes to the next part, behind the last sample; false when there is none. A part of histograms or exemplars is to be
    /// walked before the next one.
    /// </summary>
    public bool NextPart(out CommitPart part)
    {
        part = default;
        if (!_hasParts || Malformed)
        {
            return false;
        }

        if (_partsLeft < 0)
        {
            _partsLeft = _reader.ReadByte();
            Check(_samplesLeft == 0);
        }

        if (_partsLeft == 0)
        {
            Check(_reader.AtEnd);
            return false;
        }

        _partsLeft--;
        part = (CommitPart)_reader.ReadByte();
        Check(_itemsLeft == 0 && part > _part && part <= CommitPart.Exemplars);
        _part = part;
        if (part == CommitPart.OldestLate)
        {
            OldestLateMs = _reader.ReadVarint();
            Check(true);
            return !Malformed;
        }

        _itemsLeft = _reader.ReadUvarintInt32();
        Number = 0;
        TimestampMs = 0;
        Check(_itemsLeft > 0);
        return !Malformed;
    }

    /// <summary>The earliest time of samples out of order; <see cref="long.MaxValue"/> when none were taken.</summary>
    public long OldestLateMs { get; private set; } = long.MaxValue;

    /// <summary>The body of a histogram or the labels of an exemplar.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>Goes to the next histogram of a part; its body is one that can be read.</summary>
    public bool NextHistogram(Histogram scratch)
    {
        if (!NextItem())
        {
            return false;
        }

        Content = _reader.ReadLengthPrefixed();
        Check(!_reader.Truncated && HistogramBody.TryRead(Content, scratch));
        return !Malformed;
    }

    /// <summary>Goes to the next exemplar of a part; its labels are canonical.</summary>
    public bool NextExemplar()
    {
        if (!NextItem())
        {
            return false;
        }

        Value = HistogramBody.ReadNumber(ref _reader);
        Content = _reader.ReadLengthPrefixed();
        Check(!_reader.Truncated && (Content.IsEmpty || RawLabels.IsCanonical(Content)));
        return !Malformed;
    }

    private bool NextItem()
    {
        if (_itemsLeft == 0 || Malformed)
        {
            return false;
        }

        _itemsLeft--;
        long number = Number + 1L + _reader.ReadVarint();
        TimestampMs = unchecked(TimestampMs + _reader.ReadVarint());
        Check(number is > 0 and <= uint.MaxValue);
        Number = (uint)number;
        return !Malformed;
    }

    private void StartSamples()
    {
        _samplesLeft = _reader.ReadUvarintInt32();
        Number = 0;
        TimestampMs = _samplesLeft > 0 ? _reader.ReadVarint() : 0;
        Check(_samplesLeft > 0 || _hasParts || _reader.AtEnd);
    }

    private double ReadValue(int count)
    {
        ReadOnlySpan<byte> bytes = _reader.ReadBytes(count);
        Check(_samplesLeft > 0 || _hasParts || _reader.AtEnd);
        ulong bits = 0;
        foreach (byte next in bytes)
        {
            bits = (bits << 8) | next;
        }

        return BitConverter.UInt64BitsToDouble(count == 0 ? 0 : bits << (8 * (sizeof(ulong) - bytes.Length)));
    }

    private void Check(bool holds) => Malformed |= !holds || _reader.Truncated;
}
