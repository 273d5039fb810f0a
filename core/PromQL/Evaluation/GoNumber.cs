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

    /// <summary>Go's <c>%f</c>: six digits behind the point.</summary>
    public static string Fixed(double value) =>
        double.IsFinite(value) ? value.ToString("F6", CultureInfo.InvariantCulture) : General(value);
}
