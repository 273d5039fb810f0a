using System.Globalization;
using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Numbers as Prometheus's own texts have them, which are Go's.</summary>
internal static class GoNumber
{
    /// <summary>Go's <c>%g</c> and <c>%v</c>: the fewest digits, an exponent below 1e-4 and from 1e6.</summary>
    public static string General(double value)
    {
        Span<byte> text = stackalloc byte[FloatFormatter.MaxLength];
        return Encoding.ASCII.GetString(text[..FloatFormatter.WriteShortest(value, text)]);
    }

    /// <summary>As values of <c>le</c> and <c>quantile</c> are written: whole numbers keep a digit behind the point.</summary>
    public static string OpenMetrics(double value)
    {
        Span<byte> text = stackalloc byte[FloatFormatter.MaxLength];
        return Encoding.ASCII.GetString(text[..FloatFormatter.WriteCanonicalLabelValue(value, text)]);
    }

    /// <summary>
    /// Go's <c>%.2g</c> and its like: so many digits at most, without zeros at the end, an exponent from there on or below 1e-4.
    /// </summary>
    public static string General(double value, int digits)
    {
        if (!double.IsFinite(value) || value == 0)
        {
            return General(value);
        }

        string scientific = value.ToString(
            string.Create(CultureInfo.InvariantCulture, $"E{digits - 1}"), CultureInfo.InvariantCulture);
        int mark = scientific.IndexOf('E', StringComparison.Ordinal);
        string mantissa = scientific[..mark];
        mantissa = mantissa.Contains('.', StringComparison.Ordinal) ? mantissa.TrimEnd('0').TrimEnd('.') : mantissa;
        int exponent = int.Parse(scientific.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return exponent < -4 || exponent >= digits
            ? string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}")
            : double.Parse(scientific, CultureInfo.InvariantCulture).ToString("0.##########", CultureInfo.InvariantCulture);
    }

    /// <summary>Go's <c>%f</c>: six digits behind the point.</summary>
    public static string Fixed(double value) =>
        double.IsFinite(value) ? value.ToString("F6", CultureInfo.InvariantCulture) : General(value);
}
