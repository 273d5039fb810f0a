using System.Globalization;
using AmpEdge.Prometheus;
using System.Text;

namespace AmpEdge.IngestServer.Templates;

/// <summary>Numbers as Go reads and prints them.</summary>
internal static class GoNumbers
{
    /// <summary>More digits than any double has before its expansion ends or no longer decides a rounding.</summary>
    private const string ExactFormat = "E60";

    /// <summary>A constant: a whole number is an integer (long), every other one a float (double).</summary>
    public static bool TryParse(string text, out object? number)
    {
        string digits = text.Replace("_", "", StringComparison.Ordinal);
        string unsigned = digits.TrimStart('+', '-');
        bool negative = digits.StartsWith('-');
        number = null;
        if (unsigned.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && long.TryParse(unsigned.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out long hex))
        {
            number = negative ? -hex : hex;
        }
        else if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer))
        {
            number = integer;
        }
        else if (double.TryParse(
            digits,
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out double real))
        {
            number = real;
        }

        return number is not null;
    }

    /// <summary>The shortest form that reads back the same: <c>%v</c>.</summary>
    public static string Shortest(double value)
    {
        Span<byte> digits = stackalloc byte[FloatFormatter.MaxLength];
        return Encoding.ASCII.GetString(digits[..FloatFormatter.WriteShortest(value, digits)]);
    }

    /// <summary>So many digits behind the point: <c>%.3f</c>.</summary>
    public static string Fixed(double value, int decimals)
    {
        if (!double.IsFinite(value))
        {
            return Special(value);
        }

        (string digits, int exponent) = Exact(value);
        string rounded = Round(digits, exponent + 1 + decimals, ref exponent);
        int point = exponent + 1;
        StringBuilder text = new(IsNegative(value) ? "-" : "");
        text.Append(point <= 0 ? "0" : rounded.PadRight(point, '0')[..point]);
        if (decimals > 0)
        {
            string fraction = point <= 0
                ? new string('0', Math.Min(-point, decimals)) + rounded
                : rounded.Length > point ? rounded[point..] : "";
            text.Append('.').Append(fraction.PadRight(decimals, '0')[..decimals]);
        }

        return text.ToString();
    }

    /// <summary>One digit before the point, an exponent of two digits at least: <c>%.3e</c>.</summary>
    public static string Scientific(double value, int decimals)
    {
        if (!double.IsFinite(value))
        {
            return Special(value);
        }

        (string digits, int exponent) = Exact(value);
        string rounded = Round(digits, decimals + 1, ref exponent).PadRight(decimals + 1, '0');
        string fraction = decimals > 0 ? "." + rounded[1..(decimals + 1)] : "";
        return $"{(IsNegative(value) ? "-" : "")}{rounded[0]}{fraction}{Exponent(exponent)}";
    }

    /// <summary>So many digits in all, none of them trailing zeros, in the form that is shorter: <c>%.4g</c>.</summary>
    public static string General(double value, int precision)
    {
        if (!double.IsFinite(value))
        {
            return Special(value);
        }

        int wanted = Math.Max(precision, 1);
        (string digits, int exponent) = Exact(value);
        string rounded = Round(digits, wanted, ref exponent).TrimEnd('0');
        rounded = rounded.Length == 0 ? "0" : rounded;
        if (exponent < -4 || exponent >= wanted)
        {
            string fraction = rounded.Length > 1 ? "." + rounded[1..] : "";
            return $"{(IsNegative(value) ? "-" : "")}{rounded[0]}{fraction}{Exponent(exponent)}";
        }

        return Fixed(value, Math.Max(rounded.Length - exponent - 1, 0));
    }

    private static bool IsNegative(double value) => double.IsNegative(value);

    private static string Special(double value) =>
        double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";

    private static string Exponent(int exponent) =>
        (exponent < 0 ? "e-" : "e+") + Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);

    /// <summary>The decimal digits of a number and the exponent of the first one.</summary>
    private static (string Digits, int Exponent) Exact(double value)
    {
        string text = Math.Abs(value).ToString(ExactFormat, CultureInfo.InvariantCulture);
        int mark = text.IndexOf('E', StringComparison.Ordinal);
        return (
            text[..1] + text[2..mark],
            value == 0 ? 0 : int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }

    /// <summary>The first digits, rounded to the nearest, ties to even; the exponent grows when they carry over.</summary>
    private static string Round(string digits, int count, ref int exponent)
    {
        if (count < 0)
        {
            return "";
        }

        if (count >= digits.Length)
        {
            return digits;
        }

        char next = digits[count];
        bool isTie = next == '5' && digits.AsSpan(count + 1).TrimEnd('0').IsEmpty;
        bool lastIsOdd = count > 0 && (digits[count - 1] - '0') % 2 == 1;
        bool up = isTie ? lastIsOdd : next >= '5';
        if (!up)
        {
            return digits[..count];
        }

        char[] raised = digits[..count].ToCharArray();
        int index = count - 1;
        while (index >= 0 && raised[index] == '9')
        {
            raised[index--] = '0';
        }

        if (index >= 0)
        {
            raised[index]++;
            return new string(raised);
        }

        exponent++;
        return "1" + new string(raised);
    }
}
