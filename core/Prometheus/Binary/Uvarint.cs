using System.Numerics;

namespace AmpEdge.Prometheus;

/// <summary>Unsigned LEB128 integers, as protobuf, Snappy, Prometheus's TSDB and our own formats write them.</summary>
public static class Uvarint
{
    /// <summary>The bytes that the largest 64-bit value takes.</summary>
    public const int MaxLength = 10;

    /// <summary>How many bytes <paramref name="value"/> takes: 1 to 10.</summary>
    public static int Length(ulong value) =>
        // One byte per started group of seven bits; the | 1 lets zero take one byte.
        (BitOperations.Log2(value | 1) * 9 + 73) / 64;

    /// <summary>
    /// Reads the integer at the start of <paramref name="source"/>. False when the source ends inside it or when it
    /// does not fit 64 bits; then <paramref name="length"/> is 0.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out ulong value, out int length)
    {
        if (source.Length > 0 && source[0] < 0x80)
        {
            value = source[0];
            length = 1;
            return true;
        }

        return TryReadLong(source, out value, out length);
    }

    /// <summary>Writes the integer and returns how many bytes it took; the target must hold them.</summary>
    public static int Write(Span<byte> target, ulong value)
    {
        int length = 0;
        while (value >= 0x80)
        {
            target[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[length++] = (byte)value;
        return length;
    }

    /// <summary>Maps small magnitudes of either sign to small unsigned values (0, -1, 1, -2, … to 0, 1, 2, 3, …).</summary>
    public static ulong ZigZag(long value) => ((ulong)value << 1) ^ (ulong)(value >> 63);

    /// <summary>The inverse of <see cref="ZigZag"/>.</summary>
    public static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    private static bool TryReadLong(ReadOnlySpan<byte> source, out ulong value, out int length)
    {
        ulong result = 0;
        int end = Math.Min(source.Length, MaxLength);
        for (int index = 0; index < end; index++)
        {
            byte next = source[index];
            result |= (ulong)(next & 0x7F) << (7 * index);
            if (next < 0x80)
            {
                // The tenth byte holds bit 63 only.
                bool fits = index < MaxLength - 1 || next <= 1;
                value = fits ? result : 0;
                length = fits ? index + 1 : 0;
                return fits;
            }
        }

        value = 0;
        length = 0;
        return false;
    }
}
