using System.Globalization;

namespace AmpEdge.QueryApi;

/// <summary>
/// Writes doubles as the Prometheus HTTP API does: the shortest digits that read back as the same number, without
/// exponent inside [1e-6, 1e21) and with one (at least two digits, signed) outside.
/// </summary>
/// <remarks>
/// Sample values switch to the exponent form outside that range; scalars never do, as in Prometheus, whose two code
/// paths format them differently.
/// </remarks>
public static class FloatText
{
    /// <summary>Enough for any double in the longest form: 309 digits, or 17 digits behind 323 zeros.</summary>
    public const int MaxLength = 352;

    /// <summary>Below this magnitude an integral value prints digit for digit as an integer.</summary>
    private const double MaxExactInteger = 1L << 53;

    /// <summary>The form of sample values. <paramref name="destination"/> holds <see cref="MaxLength"/> bytes.</summary>
    public static int FormatSample(double value, Span<byte> destination)
    {
        double magnitude = Math.Abs(value);
        bool exponent = magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21);
        return Format(value, exponent, destination);
    }

    /// <summary>The form of scalars: never an exponent.</summary>
    public static int FormatPlain(double value, Span<byte> destination) => Format(value, exponent: false, destination);

    private static int Format(double value, bool exponent, Span<byte> destination)
    {
        if (!double.IsFinite(value))
        {
            ReadOnlySpan<byte> name = double.IsNaN(value) ? "NaN"u8 : value > 0 ? "+Inf"u8 : "-Inf"u8;
            name.CopyTo(destination);
            return name.Length;
        }

        if (Math.Abs(value) < MaxExactInteger && (long)value == value && (value != 0 || !double.IsNegative(value)))
        {
            ((long)value).TryFormat(destination, out int written, default, CultureInfo.InvariantCulture);
            return written;
        }

        return FormatDigits(value, exponent, destination);
    }

    private static int FormatDigits(double value, bool exponent, Span<byte> destination)
    {
        Span<byte> buffer = stackalloc byte[24];
        ReadOnlySpan<byte> digits = ReadDigits(value, buffer, out int pointAt);
        int at = 0;
        if (double.IsNegative(value))
        {
            destination[at++] = (byte)'-';
        }

        return exponent
            ? at + WriteExponent(digits, pointAt, destination[at..])
            : at + WritePlain(digits, pointAt, destination[at..]);
    }

    /// <summary>The significant digits; the magnitude is 0.d1d2d3… × 10^<paramref name="pointAt"/>.</summary>
    private static ReadOnlySpan<byte> ReadDigits(double value, Span<byte> buffer, out int pointAt)
    {
        if (value == 0)
        {
            pointAt = 1;
            return "0"u8;
        }

        (ulong digits, int exponent) = ShortestDigits.Of(value);
        int first = buffer.Length;
        while (digits != 0)
        {
            (digits, ulong digit) = Math.DivRem(digits, 10);
            buffer[--first] = (byte)('0' + digit);
        }

        ReadOnlySpan<byte> text = buffer[first..];
        pointAt = text.Length + exponent;
        return text.TrimEnd((byte)'0');
    }

    private static int WritePlain(ReadOnlySpan<byte> digits, int pointAt, Span<byte> destination)
    {
        if (digits is [(byte)'0'])
        {
            destination[0] = (byte)'0';
            return 1;
        }

        if (pointAt <= 0)
        {
            destination[0] = (byte)'0';
            destination[1] = (byte)'.';
            destination.Slice(2, -pointAt).Fill((byte)'0');
            digits.CopyTo(destination[(2 - pointAt)..]);
            return 2 - pointAt + digits.Length;
        }

        if (pointAt >= digits.Length)
        {
            digits.CopyTo(destination);
            destination[digits.Length..pointAt].Fill((byte)'0');
            return pointAt;
        }

        digits[..pointAt].CopyTo(destination);
        destination[pointAt] = (byte)'.';
        digits[pointAt..].CopyTo(destination[(pointAt + 1)..]);
        return digits.Length + 1;
    }

    private static int WriteExponent(ReadOnlySpan<byte> digits, int pointAt, Span<byte> destination)
    {
        int at = 0;
        destination[at++] = digits[0];
        if (digits.Length > 1)
        {
            destination[at++] = (byte)'.';
            digits[1..].CopyTo(destination[at..]);
            at += digits.Length - 1;
        }

        int exponent = pointAt - 1;
        destination[at++] = (byte)'e';
        destination[at++] = exponent < 0 ? (byte)'-' : (byte)'+';
        Math.Abs(exponent).TryFormat(destination[at..], out int written, "00", CultureInfo.InvariantCulture);
        return at + written;
    }
}
