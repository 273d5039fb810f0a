using System.Globalization;

namespace AmpEdge.IngestServer.Templates;

/// <summary>Arguments of template functions as what they have to be.</summary>
internal static class GoConvert
{
    /// <summary>A number, a text that is one, or the seconds of a duration.</summary>
    public static double ToFloat(object? value) => value switch
    {
        double number => number,
        long number => number,
        TimeSpan duration => duration.TotalSeconds,
        string text => ParseFloat(text),
        _ => throw new TemplateException($"can't convert {GoValues.TypeName(value)} to float"),
    };

    public static string ToText(object? value) =>
        value as string ?? throw new TemplateException($"wrong type for value; expected string; got {GoValues.TypeName(value)}");

    public static TemplateSample ToSample(object? value) =>
        value as TemplateSample
        ?? throw new TemplateException($"wrong type for value; expected *template.sample; got {GoValues.TypeName(value)}");

    public static List<TemplateSample> ToSamples(object? value) =>
        value as List<TemplateSample>
        ?? throw new TemplateException($"wrong type for value; expected template.queryResult; got {GoValues.TypeName(value)}");

    /// <summary>Unix seconds as a time, in whole milliseconds.</summary>
    public static DateTimeOffset ToTime(double seconds)
    {
        double milliseconds = Math.Truncate(seconds * 1000);
        bool fits = milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds()
            && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        return fits
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds)
            : throw new TemplateException($"{GoNumbers.Shortest(seconds)} cannot be represented as a nanoseconds timestamp since it overflows int64");
    }

    private static double ParseFloat(string text)
    {
        string lower = text.ToLowerInvariant().TrimStart('+');
        if (lower is "inf" or "infinity" or "-inf" or "-infinity")
        {
            return lower[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        }

        const NumberStyles Style =
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, Style, CultureInfo.InvariantCulture, out double number)
            ? number
            : throw new TemplateException($"strconv.ParseFloat: parsing {Prometheus.LabelsFormatter.Quote(text)}: invalid syntax");
    }
}
