using System.Globalization;

namespace AmpEdge.Hosting;

/// <summary>A value of a log entry as text; the same in every form and on every machine.</summary>
internal static class LogValue
{
    public static string Text(object? value) =>
        value switch
        {
            null => "null",
            string text => text,
            bool flag => flag ? "true" : "false",
            DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
}
