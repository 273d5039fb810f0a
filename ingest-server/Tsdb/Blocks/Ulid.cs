using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace AmpEdge.Tsdb;

/// <summary>
/// A block's name: 48 bits of milliseconds since the Unix epoch and 80 random ones, written as 26 digits of Crockford's
/// base 32. Later ones sort after earlier ones, as text too.
/// </summary>
public readonly record struct Ulid(ulong High, ulong Low) : IComparable<Ulid>
{
    /// <summary>How many random bytes one takes.</summary>
    public const int EntropyBytes = 10;

    /// <summary>How many characters the text has.</summary>
    public const int TextLength = 26;

    private const string Digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int BitsPerDigit = 5;

    /// <summary>The time in it, in milliseconds since the Unix epoch.</summary>
    public long TimeMs => (long)(High >> 16);

    public static bool operator <(Ulid left, Ulid right) => left.CompareTo(right) < 0;

    public static bool operator >(Ulid left, Ulid right) => left.CompareTo(right) > 0;

    public static bool operator <=(Ulid left, Ulid right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Ulid left, Ulid right) => left.CompareTo(right) >= 0;

    /// <summary>The name of a block that is made now.</summary>
    /// <param name="time">Now.</param>
    /// <param name="entropy"><see cref="EntropyBytes"/> random bytes.</param>
    public static Ulid Create(DateTimeOffset time, ReadOnlySpan<byte> entropy)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(entropy.Length, EntropyBytes);
        ulong timeMs = (ulong)time.ToUnixTimeMilliseconds() & 0xFFFF_FFFF_FFFF;
        ulong high = (timeMs << 16) | BinaryPrimitives.ReadUInt16BigEndian(entropy);
        return new Ulid(high, BinaryPrimitives.ReadUInt64BigEndian(entropy[sizeof(ushort)..]));
    }

    /// <summary>Reads the text form in upper case; false when it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Ulid ulid)
    {
        ulid = default;
        if (text is not { Length: TextLength } || text[0] > '7')
        {
            return false;
        }

        UInt128 value = 0;
        foreach (char digit in text)
        {
            int bits = Digits.IndexOf(digit, StringComparison.Ordinal);
            if (bits < 0)
            {
                return false;
            }

            value = (value << BitsPerDigit) | (uint)bits;
        }

        ulid = new Ulid((ulong)(value >> 64), (ulong)value);
        return true;
    }

    public int CompareTo(Ulid other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    public override string ToString() => string.Create(TextLength, this, static (text, ulid) =>
    {
        UInt128 rest = new(ulid.High, ulid.Low);
        for (int index = text.Length - 1; index >= 0; index--)
        {
            text[index] = Digits[(int)(rest & 0x1F)];
            rest >>= BitsPerDigit;
        }
    });
}
