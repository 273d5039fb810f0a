using System.Runtime.InteropServices;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>Walks a sample log that the head wrote itself; other bytes end the walk as <see cref="Corrupt"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal ref struct SampleLogReader(ReadOnlySpan<byte> log, int samples)
{
    private SpanReader _reader = new(log);
    private int _left = samples;

    public bool Corrupt { get; private set; }

    public long TimestampMs { get; private set; }

    /// <summary>The value of a float.</summary>
    public double Value { get; private set; }

    /// <summary>The body of a histogram; empty for a float.</summary>
    public ReadOnlySpan<byte> Body { get; private set; }

    public readonly bool IsHistogram => !Body.IsEmpty;

    public bool MoveNext()
    {
        if (_left == 0 || Corrupt)
        {
            return false;
        }

        _left--;
        TimestampMs = unchecked(TimestampMs + _reader.ReadVarint());
        byte kind = _reader.ReadByte();
        Body = kind == SampleLog.HistogramKind ? _reader.ReadLengthPrefixed() : default;
        ReadOnlySpan<byte> bytes = kind <= sizeof(ulong) ? _reader.ReadBytes(kind) : default;
        ulong bits = 0;
        for (int index = 0; index < bytes.Length; index++)
        {
            bits |= (ulong)bytes[index] << (56 - (8 * index));
        }

        Value = BitConverter.UInt64BitsToDouble(bits);
        Corrupt = _reader.Truncated || kind is > sizeof(ulong) and not SampleLog.HistogramKind
            || (kind == SampleLog.HistogramKind && Body.IsEmpty);
        return !Corrupt;
    }
}
