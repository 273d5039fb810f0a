using System.Globalization;
using System.Numerics;

namespace AmpEdge.Hosting;

/// <summary>Reads plain scalars as YAML 1.1 does, which is what Prometheus's files are read with.</summary>
internal static class YamlValue
{
    public static bool TryBool(YamlScalar scalar, out bool value)
    {
        value = scalar.Value is "y" or "Y" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" or "true" or "True" or "TRUE";
        return scalar.IsPlain
            && (value || scalar.Value is "n" or "N" or "no" or "No" or "NO" or "off" or "Off" or "OFF" or "false" or "False" or "FALSE");
    }

    /// <summary>Decimal with underscores, 0x, 0o or a leading 0 for octal, 0b; also a float without a fraction.</summary>
    public static bool TryInteger(YamlScalar scalar, out BigInteger value)
    {
        value = BigInteger.Zero;
        string text = scalar.Value.Replace("_", "", StringComparison.Ordinal);
        if (!scalar.IsPlain || text.Length is 0 or > 40)
        {
            return false;
        }

        bool negative = text[0] == '-';
        ReadOnlySpan<char> digits = text[0] is '-' or '+' ? text.AsSpan(1) : text;
        bool read = digits switch
        {
            ['0', 'x' or 'X', .. { Length: > 0 } hex] => TryDigits(hex, 16, out value),
            ['0', 'b' or 'B', .. { Length: > 0 } binary] => TryDigits(binary, 2, out value),
            ['0', 'o' or 'O', .. { Length: > 0 } octal] => TryDigits(octal, 8, out value),
            ['0', .. { Length: > 0 } octal] when TryDigits(octal, 8, out value) => true,
            _ => TryDigits(digits, 10, out value),
        };
        value = negative ? -value : value;
        if (!read && TryFloat(scalar, out double number) && double.IsInteger(number))
        {
            value = new BigInteger(number);
            return true;
        }

        return read;
    }

    public static bool TryFloat(YamlScalar scalar, out double value)
    {
        value = 0;
        if (!scalar.IsPlain)
        {
            return false;
        }

        switch (scalar.Value.ToLowerInvariant())
        {
            case ".inf" or "+.inf":
                value = double.PositiveInfinity;
                return true;
            case "-.inf":
                value = double.NegativeInfinity;
                return true;
            case ".nan":
                value = double.NaN;
                return true;
            default:
                const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
                return double.TryParse(
                    scalar.Value.Replace("_", "", StringComparison.Ordinal), Style, CultureInfo.InvariantCulture, out value)
                    && double.IsFinite(value);
        }
    }

    private static bool TryDigits(ReadOnlySpan<char> digits, int radix, out BigInteger value)
    {
        value = BigInteger.Zero;
        foreach (char letter in digits)
        {
            int digit = char.IsAsciiHexDigit(letter) ? Convert.ToInt32(letter.ToString(), 16) : radix;
            if (digit >= radix)
            {
                return false;
            }

            value = (value * radix) + digit;
        }

        return digits.Length > 0;
    }
}
