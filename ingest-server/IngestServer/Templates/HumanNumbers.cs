namespace AmpEdge.IngestServer.Templates;

/// <summary>Numbers for people: with prefixes, as durations, percentages and times.</summary>
internal static class HumanNumbers
{
    private const int Digits = 4;
    private const int SecondsPerDay = 86_400;

    private static readonly string[] s_large = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
    private static readonly string[] s_small = ["m", "u", "n", "p", "f", "a", "z", "y"];
    private static readonly string[] s_binary = ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];

    /// <summary>With a metric prefix: <c>1.234k</c>.</summary>
    public static string Humanize(double value)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return General(value);
        }

        return Math.Abs(value) >= 1 ? Shrink(value, s_large, 1000) : Grow(value, "");
    }

    /// <summary>With a prefix of powers of 1024: <c>1.5Mi</c>.</summary>
    public static string Humanize1024(double value) =>
        Math.Abs(value) <= 1 || !double.IsFinite(value) ? General(value) : Shrink(value, s_binary, 1024);

    /// <summary>Seconds as days, hours, minutes and seconds: <c>1d 2h 3m 4s</c>.</summary>
    public static string Duration(double seconds)
    {
        if (!double.IsFinite(seconds))
        {
            return General(seconds);
        }

        if (Math.Abs(seconds) < 1)
        {
            return seconds == 0 ? "0s" : Grow(seconds, "s");
        }

        string sign = seconds < 0 ? "-" : "";
        double size = Math.Abs(seconds);
        long whole = size < long.MaxValue ? (long)size : long.MaxValue;
        long days = whole / SecondsPerDay;
        long hours = whole / 3600 % 24;
        long minutes = whole / 60 % 60;
        return (days, hours, minutes) switch
        {
            (not 0, _, _) => $"{sign}{days}d {hours}h {minutes}m {whole % 60}s",
            (_, not 0, _) => $"{sign}{hours}h {minutes}m {whole % 60}s",
            (_, _, not 0) => $"{sign}{minutes}m {whole % 60}s",
            _ => $"{sign}{General(size)}s",
        };
    }

    /// <summary>A share of one: <c>12.34%</c>.</summary>
    public static string Percentage(double value) => General(value * 100) + "%";

    public static string General(double value) => GoNumbers.General(value, Digits);

    private static string Shrink(double value, string[] prefixes, double step)
    {
        string prefix = "";
        for (int index = 0; index < prefixes.Length && Math.Abs(value) >= step; index++)
        {
            prefix = prefixes[index];
            value /= step;
        }

        return General(value) + prefix;
    }

    private static string Grow(double value, string unit)
    {
        string prefix = "";
        for (int index = 0; index < s_small.Length && Math.Abs(value) < 1; index++)
        {
            prefix = s_small[index];
            value *= 1000;
        }

        return General(value) + prefix + unit;
    }
}
