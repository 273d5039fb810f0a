using System.Globalization;
using System.Text;

namespace AmpEdge.PromQL;

/// <summary>Writes durations as Prometheus does: <c>1h30m</c>, <c>2w</c>, <c>1s500ms</c>.</summary>
public static class PrometheusDurationFormat
{
    // Years and weeks only where nothing is left over: 8d stays 8d, 14d becomes 2w.
    private static readonly (string Unit, long Milliseconds, bool WholeOnly)[] s_units =
    [
        ("y", 365L * 24 * 60 * 60 * 1000, true),
        ("w", 7L * 24 * 60 * 60 * 1000, true),
        ("d", 24L * 60 * 60 * 1000, false),
        ("h", 60L * 60 * 1000, false),
        ("m", 60L * 1000, false),
        ("s", 1000L, false),
        ("ms", 1L, false),
    ];

    /// <summary>The text for a duration of at least 0.</summary>
    public static string Format(long milliseconds)
    {
        if (milliseconds == 0)
        {
            return "0s";
        }

        StringBuilder text = new();
        long rest = milliseconds;
        foreach ((string unit, long size, bool wholeOnly) in s_units)
        {
            long count = rest / size;
            if (count > 0 && (!wholeOnly || rest % size == 0))
            {
                text.Append(CultureInfo.InvariantCulture, $"{count}{unit}");
                rest -= count * size;
            }
        }

        return text.ToString();
    }
}
