using System.Buffers.Binary;
using System.Numerics;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

// A list of samples of both kinds that only grows (FORMAT.md, "Sample log"); each entry:
//
//   +-------------+-------------+----------------------------+
//   | time varint | kind 1      | value bytes                |   kind 0..8: a float, that many significant bytes
//   | (to before) |             | or length uvarint and body |   kind 16: a native histogram
//   +-------------+-------------+----------------------------+

/// <summary>The writing end of a sample log, whose entries may be in any order of time.</summary>
internal static class SampleLog
{
    public const byte HistogramKind = 16;

    /// <summary>The most that an entry takes beside a histogram's body.</summary>
    public const int MaxEntryBytes = Uvarint.MaxLength + 1 + sizeof(ulong);

    /// <summary>Appends a float and returns how many bytes that took.</summary>
    public static int Write(Span<byte> target, long previousMs, long timestampMs, double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        int bytes = sizeof(ulong) - (BitOperations.TrailingZeroCount(bits) / 8);
        int length = Uvarint.Write(target, Uvarint.ZigZag(unchecked(timestampMs - previousMs)));
        target[length++] = (byte)bytes;
        Span<byte> all = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(all, bits);
        all[..bytes].CopyTo(target[length..]);
        return length + bytes;
    }

    /// <summary>Appends a histogram and returns how many bytes that took; its body lies at their end.</summary>
    public static int Write(Span<byte> target, long previousMs, long timestampMs, ReadOnlySpan<byte> body)
    {
        int length = Uvarint.Write(target, Uvarint.ZigZag(unchecked(timestampMs - previousMs)));
        target[length++] = HistogramKind;
        length += Uvarint.Write(target[length..], (ulong)body.Length);
        body.CopyTo(target[length..]);
        return length + body.Length;
    }
}
