using System.Globalization;

namespace AmpEdge.PromQL;

/// <summary>Writes numbers as Prometheus prints them in queries and in results.</summary>
public static class NumberFormat
{
    /// <summary>
    /// The shortest decimal that reads back as the same number, never with an exponent; NaN, +Inf, -Inf.
    /// </summary>
    public static string Plain(double value)
    {
        if (double.IsNaN(value))
        {
            return "NaN";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "+Inf" : "-Inf";
        }

        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        int exponentAt = shortest.IndexOf('E', StringComparison.Ordinal);
        if (exponentAt < 0)
        {
            return shortest;
        }

        ReadOnlySpan<char> exponent = shortest.AsSpan(exponentAt + 1);
        return MovePoint(
            shortest.AsSpan(0, exponentAt),
            int.Parse(exponent, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }

    private static string MovePoint(ReadOnlySpan<char> mantissa, int exponent)
    {
        string sign = mantissa[0] == '-' ? "-" : "";
        string digits = mantissa[sign.Length..].ToString().Replace(".", "", StringComparison.Ordinal);
        if (exponent < 0)
        {
            return sign + "0." + new string('0', -exponent - 1) + digits;
        }

        return digits.Length <= exponent + 1
            ? sign + digits.PadRight(exponent + 1, '0')
            : sign + digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }
}
