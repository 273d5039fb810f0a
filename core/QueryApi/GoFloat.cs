using System.Globalization;

namespace AmpEdge.QueryApi;

/// <summary>
/// Numbers of API parameters as Prometheus reads them, which is as Go does: decimal or hexadecimal, underscores between
/// digits, Inf and NaN by name; no white space, no thousands.
/// </summary>
public static class GoFloat
{
    /// <summary>What does not fit becomes an infinity, as the texts that name one do.</summary>
    public static bool TryParse(string text, out double value)
    {
        value = double.NaN;
        string number = text;
        if (text.Contains('_', StringComparison.Ordinal))
        {
            if (!HasUnderscoresBetweenDigits(text))
            {
                return false;
            }

            number = text.Replace("_", "", StringComparison.Ordinal);
        }

        ReadOnlySpan<char> unsigned = WithoutSign(number);
        if (unsigned.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            bool isNumber = TryParseHexadecimal(unsigned[2..], out double magnitude);
            value = number[0] == '-' ? -magnitude : magnitude;
            return isNumber;
        }

        if (double.TryParse(
                number,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture,
                out value)
            // .NET takes its own names of the special values as well; Prometheus's are read below.
            && (char.IsAsciiDigit(number[^1]) || number[^1] == '.'))
        {
            return true;
        }

        return TryParseName(number, out value);
    }

    private static bool TryParseName(string text, out double value)
    {
        ReadOnlySpan<char> name = WithoutSign(text);
        if (name.Equals("inf", StringComparison.OrdinalIgnoreCase)
            || name.Equals("infinity", StringComparison.OrdinalIgnoreCase))
        {
            value = text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        value = double.NaN;
        return text.Equals("nan", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Digits with an optional point, then <c>p</c> and the power of two, which must be there.</summary>
    private static bool TryParseHexadecimal(ReadOnlySpan<char> text, out double value)
    {
        const int MantissaBits = 60;
        value = double.NaN;
        ulong mantissa = 0;
        int power = 0;
        int digits = 0;
        bool fraction = false;
        int index = 0;
        for (; index < text.Length; index++)
        {
            if (text[index] == '.' && !fraction)
            {
                fraction = true;
                continue;
            }

            if (!char.IsAsciiHexDigit(text[index]))
            {
                break;
            }

            digits++;
            uint digit = (uint)Convert.ToInt32(text.Slice(index, 1).ToString(), 16);
            if (mantissa >> MantissaBits == 0)
            {
                mantissa = mantissa << 4 | digit;
                power -= fraction ? 4 : 0;
            }
            else
            {
                // Beyond what a double holds: whether anything is there decides how it rounds.
                mantissa |= digit == 0 ? 0u : 1u;
                power += fraction ? 0 : 4;
            }
        }

        if (digits == 0 || index == text.Length || text[index] is not ('p' or 'P')
            || !TryParseExponent(text[(index + 1)..], out int exponent))
        {
            return false;
        }

        value = Math.ScaleB((double)mantissa, power + exponent);
        return true;
    }

    private static bool TryParseExponent(ReadOnlySpan<char> text, out int exponent)
    {
        // Far beyond every double, and far from overflowing what is added to it.
        const int Most = 100_000_000;
        exponent = 0;
        ReadOnlySpan<char> digits = WithoutSign(text);
        foreach (char digit in digits)
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            exponent = Math.Min(exponent * 10 + (digit - '0'), Most);
        }

        exponent = text.Length > 0 && text[0] == '-' ? -exponent : exponent;
        return digits.Length > 0;
    }

    /// <summary>Each stands between two digits, or between the mark of a base and a digit.</summary>
    private static bool HasUnderscoresBetweenDigits(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> rest = WithoutSign(text);
        bool hexadecimal = rest.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        char before = hexadecimal ? '0' : '.';
        foreach (char next in hexadecimal ? rest[2..] : rest)
        {
            bool isDigit = hexadecimal ? char.IsAsciiHexDigit(next) : char.IsAsciiDigit(next);
            if (next == '_' ? before != '0' : before == '_' && !isDigit)
            {
                return false;
            }

            before = isDigit ? '0' : next == '_' ? '_' : '.';
        }

        return before != '_';
    }

    private static ReadOnlySpan<char> WithoutSign(ReadOnlySpan<char> text) =>
        text.Length > 0 && text[0] is '+' or '-' ? text[1..] : text;
}
