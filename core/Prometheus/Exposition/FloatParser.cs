using System.Buffers;
using System.Globalization;

namespace AmpEdge.Prometheus;

/// <summary>
/// Parses the numbers of exposition pages: decimal notation, <c>Inf</c>, <c>Infinity</c> and <c>NaN</c> in any case,
/// as Go's <c>ParseFloat</c> does without hexadecimal and underscores.
/// </summary>
/// <remarks>
/// A mantissa below 2^53 and a power of ten up to 22 are both exact in a double, so one multiplication or division
/// rounds once and gives the nearest double: that covers most samples. Other numbers of up to 19 digits are computed
/// by <see cref="NearestDouble"/>; what it cannot decide and longer ones go to the runtime's parser.
/// </remarks>
public static class FloatParser
{
    private const ulong ExactMantissaLimit = 1UL << 53;
    private const int MaxMantissaDigits = 19;
    private const int MaxExactExponent = 22;
    private const int MaxExponentDigits = 6;

    private static readonly SearchValues<byte> s_unsupported = SearchValues.Create("pP_"u8);

    private static ReadOnlySpan<double> PowersOfTen =>
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>Parses the whole text; NaN comes out as Prometheus's ordinary NaN.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value) =>
        Parse(text, out value) == FloatParseOutcome.Parsed;

    /// <summary>Parses the whole text and says why not; the value is 0 on failure.</summary>
    public static FloatParseOutcome Parse(ReadOnlySpan<byte> text, out double value) =>
        ParsePrefix(text, out value) == text.Length && !text.IsEmpty
            ? FloatParseOutcome.Parsed
            : ParseSlowly(text, out value);

    /// <summary>
    /// Parses a plain decimal number at the start of the text and returns its length, or 0 when there is none or it
    /// is not decided here: then the caller finds the number's end and takes <see cref="Parse"/>.
    /// </summary>
    public static int ParsePrefix(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        int position = 0;
        bool negative = false;
        if (!text.IsEmpty && text[0] is (byte)'-' or (byte)'+')
        {
            negative = text[0] == '-';
            position = 1;
        }

        int digitsStart = position;
        ulong mantissa = ReadDigits(text, ref position, 0);
        int digits = position - digitsStart;
        int exponent = 0;
        if (position < text.Length && text[position] == '.')
        {
            int fractionStart = ++position;
            mantissa = ReadDigits(text, ref position, mantissa);
            exponent = fractionStart - position;
            digits += position - fractionStart;
        }

        if (digits == 0
            || (digits > MaxMantissaDigits && digits - LeadingZeros(text[digitsStart..]) > MaxMantissaDigits))
        {
            return 0;
        }

        if (position < text.Length && (text[position] | 0x20) == 'e' && !TryReadExponent(text, ref position, ref exponent))
        {
            return 0;
        }

        return TryScale(mantissa, exponent, negative, out value) ? position : 0;
    }

    private static ulong ReadDigits(ReadOnlySpan<byte> text, ref int position, ulong mantissa)
    {
        int at = position;
        while ((uint)at < (uint)text.Length)
        {
            uint digit = (uint)text[at] - '0';
            if (digit > 9)
            {
                break;
            }

            mantissa = (mantissa * 10) + digit;
            at++;
        }

        position = at;
        return mantissa;
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, ref int position, ref int exponent)
    {
        int at = position + 1;
        bool negative = false;
        if (at < text.Length && text[at] is (byte)'-' or (byte)'+')
        {
            negative = text[at] == '-';
            at++;
        }

        int start = at;
        int magnitude = (int)ReadDigits(text[..Math.Min(text.Length, at + MaxExponentDigits)], ref at, 0);
        if (at == start || (at < text.Length && char.IsAsciiDigit((char)text[at])))
        {
            return false;
        }

        exponent += negative ? -magnitude : magnitude;
        position = at;
        return true;
    }

    /// <summary>How many zeros stand before the first other digit, on either side of the point.</summary>
    private static int LeadingZeros(ReadOnlySpan<byte> text)
    {
        int length = text.IndexOfAnyExcept((byte)'0', (byte)'.');
        ReadOnlySpan<byte> zeros = length < 0 ? text : text[..length];
        return zeros.Count((byte)'0');
    }

    private static bool TryScale(ulong mantissa, int exponent, bool negative, out double value)
    {
        if (mantissa <= ExactMantissaLimit && exponent is >= -MaxExactExponent and <= MaxExactExponent)
        {
            value = exponent < 0 ? mantissa / PowersOfTen[-exponent] : mantissa * PowersOfTen[exponent];
        }
        else if (exponent == 0 && mantissa <= long.MaxValue)
        {
            // The processor rounds whole numbers itself, also those in the middle of two doubles.
            value = (long)mantissa;
        }
        else if (!NearestDouble.TryScale(mantissa, exponent, out value))
        {
            value = 0;
            return false;
        }

        value = negative ? -value : value;
        return true;
    }

    private static FloatParseOutcome ParseSlowly(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        if (text.ContainsAny(s_unsupported))
        {
            return FloatParseOutcome.UnsupportedCharacter;
        }

        if (TryParseSpecial(text, out value))
        {
            return FloatParseOutcome.Parsed;
        }

        if (!IsDecimal(text) || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value))
        {
            value = 0;
            return FloatParseOutcome.InvalidSyntax;
        }

        if (double.IsInfinity(value))
        {
            value = 0;
            return FloatParseOutcome.OutOfRange;
        }

        return FloatParseOutcome.Parsed;
    }

    private static bool TryParseSpecial(ReadOnlySpan<byte> text, out double value)
    {
        value = StaleMarker.NormalNaN;
        if (EqualsIgnoringCase(text, "nan"u8))
        {
            return true;
        }

        bool negative = !text.IsEmpty && text[0] == '-';
        ReadOnlySpan<byte> name = !text.IsEmpty && text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        value = negative ? double.NegativeInfinity : double.PositiveInfinity;
        return EqualsIgnoringCase(name, "inf"u8) || EqualsIgnoringCase(name, "infinity"u8);
    }

    private static bool EqualsIgnoringCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) =>
        System.Text.Ascii.EqualsIgnoreCase(text, lower);

    /// <summary>Sign, digits with at most one point, exponent with a digit: .NET alone would also take spaces.</summary>
    private static bool IsDecimal(ReadOnlySpan<byte> text)
    {
        int position = !text.IsEmpty && text[0] is (byte)'-' or (byte)'+' ? 1 : 0;
        int start = position;
        ReadDigits(text, ref position, 0);
        int digits = position - start;
        if (position < text.Length && text[position] == '.')
        {
            start = ++position;
            ReadDigits(text, ref position, 0);
            digits += position - start;
        }

        if (digits == 0)
        {
            return false;
        }

        if (position == text.Length)
        {
            return true;
        }

        if ((text[position] | 0x20) != 'e')
        {
            return false;
        }

        position++;
        position += position < text.Length && text[position] is (byte)'-' or (byte)'+' ? 1 : 0;
        start = position;
        ReadDigits(text, ref position, 0);
        return position > start && position == text.Length;
    }
}
