using System.Globalization;

namespace AmpEdge.QueryApi;

/// <summary>Numbers of API parameters as Prometheus reads them: no white space, no thousands, Inf and NaN by name.</summary>
public static class GoFloat
{
    public static bool TryParse(string text, out double value)
    {
        if (double.TryParse(
                text,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture,
                out value))
        {
            // .NET takes its own names of the special values as well; Prometheus's are read below.
            return char.IsAsciiDigit(text[^1]) || text[^1] == '.';
        }

        ReadOnlySpan<char> name = text.AsSpan().TrimStart('+').TrimStart('-');
        if (text.Length - name.Length > 1)
        {
            return false;
        }

        if (name.Equals("inf", StringComparison.OrdinalIgnoreCase)
            || name.Equals("infinity", StringComparison.OrdinalIgnoreCase))
        {
            value = text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        value = double.NaN;
        return text.Equals("nan", StringComparison.OrdinalIgnoreCase);
    }
}
