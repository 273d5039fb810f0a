using System.Globalization;
using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Tools;

/// <summary>Values as Prometheus's tools print them, which are Go's forms.</summary>
internal static class GoText
{
    private const long MillisecondsPerSecond = 1000;
    private const long MillisecondsPerMinute = 60 * MillisecondsPerSecond;
    private const long MillisecondsPerHour = 60 * MillisecondsPerMinute;
    private const string Prefixes = "KMGTPE";

    /// <summary>A duration from milliseconds: <c>1h46m30.001s</c>, <c>1ms</c>, <c>0s</c>.</summary>
    public static string Duration(long milliseconds)
    {
        string sign = milliseconds < 0 ? "-" : "";
        long rest = Math.Abs(milliseconds);
        if (rest is > 0 and < MillisecondsPerSecond)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{rest}ms");
        }

        StringBuilder text = new(sign);
        if (rest >= MillisecondsPerHour)
        {
            text.Append(CultureInfo.InvariantCulture, $"{rest / MillisecondsPerHour}h");
        }

        if (rest >= MillisecondsPerMinute)
        {
            text.Append(CultureInfo.InvariantCulture, $"{rest % MillisecondsPerHour / MillisecondsPerMinute}m");
        }

        decimal seconds = (decimal)(rest % MillisecondsPerMinute) / MillisecondsPerSecond;
        return text.Append(CultureInfo.InvariantCulture, $"{seconds:0.###}s").ToString();
    }

    /// <summary>A time of whole seconds: <c>2023-11-14 22:13:20 +0000 UTC</c>; the number where no calendar has it.</summary>
    public static string Time(long timeMs)
    {
        long seconds = timeMs / MillisecondsPerSecond;
        return seconds < DateTimeOffset.MinValue.ToUnixTimeSeconds() || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? timeMs.ToString(CultureInfo.InvariantCulture)
            : DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd HH:mm:ss +0000 'UTC'", CultureInfo.InvariantCulture);
    }

    /// <summary>A size in all its units: <c>11KiB335B</c>.</summary>
    public static string Size(long bytes)
    {
        string text = bytes % 1024 != 0 || bytes == 0 ? string.Create(CultureInfo.InvariantCulture, $"{bytes % 1024}B") : "";
        foreach (char prefix in Prefixes)
        {
            bytes /= 1024;
            if (bytes == 0)
            {
                break;
            }

            text = bytes % 1024 != 0 ? string.Create(CultureInfo.InvariantCulture, $"{bytes % 1024}{prefix}iB{text}") : text;
        }

        return text;
    }

    /// <summary>A number with the fewest digits: <c>1e+06</c>, <c>NaN</c>.</summary>
    public static void AppendNumber(StringBuilder text, double value)
    {
        Span<byte> digits = stackalloc byte[FloatFormatter.MaxLength];
        int length = FloatFormatter.WriteShortest(value, digits);
        foreach (byte digit in digits[..length])
        {
            text.Append((char)digit);
        }
    }
}
