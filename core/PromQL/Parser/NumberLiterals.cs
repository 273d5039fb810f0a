using System.Globalization;
using System.Text;

namespace AmpEdge.PromQL;

/// <summary>Reads the values of number and duration words.</summary>
internal static class NumberLiterals
{
    // Biggest first, and in this order they must come.
    private static readonly (string Unit, ulong Nanoseconds)[] s_units =
    [
        ("y", 365UL * 24 * 60 * 60 * 1_000_000_000),
        ("w", 7UL * 24 * 60 * 60 * 1_000_000_000),
        ("d", 24UL * 60 * 60 * 1_000_000_000),
        ("h", 60UL * 60 * 1_000_000_000),
        ("m", 60UL * 1_000_000_000),
        ("s", 1_000_000_000UL),
        ("ms", 1_000_000UL),
    ];

    /// <summary>Integers (0x, octal with a leading 0, underscores between digits), else a float.</summary>
    public static bool TryReadNumber(ReadOnlySpan<byte> word, out double value, out string? error)
    {
        string text = Encoding.Latin1.GetString(word);
        error = null;
        if (TryReadInteger(text, out long integer))
        {
            value = integer;
            return true;
        }

        string reason = "invalid syntax";
        string plain = text.Replace("_", "", StringComparison.Ordinal);
        if (!IsInfinityOrNaN(plain, out value)
            && double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
            && AreUnderscoresSound(text))
        {
            if (double.IsFinite(value))
            {
                return true;
            }

            reason = "value out of range";
        }
        else if (IsInfinityOrNaN(plain, out value))
        {
            return true;
        }

        error = $"error parsing number: strconv.ParseFloat: parsing {GoQuote.Quote(text)}: {reason}";
        return false;
    }

    /// <summary>A duration in seconds, such as <c>1h30m</c>.</summary>
    public static bool TryReadDuration(ReadOnlySpan<byte> word, out double seconds, out string? error)
    {
        seconds = 0;
        ulong nanoseconds = 0;
        int lastUnit = -1;
        ReadOnlySpan<byte> rest = word;
        while (!rest.IsEmpty)
        {
            int digits = CountDigits(rest);
            ReadOnlySpan<byte> unitAndRest = rest[digits..];
            int unitLength = CountNonDigits(unitAndRest);
            string unit = Encoding.Latin1.GetString(unitAndRest[..unitLength]);
            if (digits == 0 || unitLength == 0
                || !ulong.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out ulong count))
            {
                error = $"not a valid duration string: {GoQuote.Quote(word)}";
                return false;
            }

            int index = Array.FindIndex(s_units, known => known.Unit == unit);
            if (index <= lastUnit)
            {
                error = index < 0
                    ? $"unknown unit {GoQuote.Quote(unit)} in duration {GoQuote.Quote(word)}"
                    : $"not a valid duration string: {GoQuote.Quote(word)}";
                return false;
            }

            lastUnit = index;
            if (count > (1UL << 63) / s_units[index].Nanoseconds
                || (nanoseconds += count * s_units[index].Nanoseconds) > long.MaxValue)
            {
                error = "duration out of range";
                return false;
            }

            rest = unitAndRest[unitLength..];
        }

        seconds = (nanoseconds / 1_000_000_000) + ((nanoseconds % 1_000_000_000) / 1e9);
        error = null;
        return true;
    }

    private static bool TryReadInteger(string text, out long value)
    {
        value = 0;
        if (!AreUnderscoresSound(text))
        {
            return false;
        }

        string digits = text.Replace("_", "", StringComparison.Ordinal);
        int numberBase = 10;
        if (digits.Length > 1 && digits[0] == '0')
        {
            bool isHex = digits[1] is 'x' or 'X';
            numberBase = isHex ? 16 : 8;
            digits = digits[(isHex ? 2 : 1)..];
        }

        ulong sum = 0;
        foreach (char digit in digits)
        {
            int one = CharacterClass.DigitValue(digit);
            if (one >= numberBase || sum > (long.MaxValue - (ulong)one) / (ulong)numberBase)
            {
                return false;
            }

            sum = (sum * (ulong)numberBase) + (ulong)one;
        }

        value = (long)sum;
        return digits.Length > 0;
    }

    // Between digits, or between a base prefix and a digit.
    private static bool AreUnderscoresSound(string text)
    {
        bool hasPrefix = text.Length > 1 && text[0] == '0' && char.IsAsciiLetter(text[1]);
        for (int index = 0; index < text.Length; index++)
        {
            if (text[index] == '_')
            {
                bool before = index > 0 && (char.IsAsciiHexDigit(text[index - 1]) || (hasPrefix && index == 2));
                bool after = index + 1 < text.Length && char.IsAsciiHexDigit(text[index + 1]);
                if (!before || !after)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool IsInfinityOrNaN(string text, out double value)
    {
        bool isInfinity = text.Equals("inf", StringComparison.OrdinalIgnoreCase);
        value = isInfinity ? double.PositiveInfinity : double.NaN;
        return isInfinity || text.Equals("nan", StringComparison.OrdinalIgnoreCase);
    }

    private static int CountDigits(ReadOnlySpan<byte> text)
    {
        int length = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return length < 0 ? text.Length : length;
    }

    private static int CountNonDigits(ReadOnlySpan<byte> text)
    {
        int length = text.IndexOfAnyInRange((byte)'0', (byte)'9');
        return length < 0 ? text.Length : length;
    }
}
