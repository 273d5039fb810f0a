using System.Globalization;
using System.Text;

namespace AmpEdge.Hosting;

/// <summary>Durations as Prometheus writes them: <c>1h30m</c>, units y w d h m s ms in this order, no fractions.</summary>
public static class PrometheusDuration
{
    /// <summary>For error messages.</summary>
    public const string Allowed = "a duration such as 15s, 1m30s, 2h or 0; units y, w, d, h, m, s, ms from large to small";

    private const long NanosecondsPerMs = 1_000_000;

    private static readonly (string Unit, long Ms)[] s_units =
    [
        ("y", 365L * 24 * 3600 * 1000), ("w", 7L * 24 * 3600 * 1000), ("d", 24L * 3600 * 1000), ("h", 3600L * 1000),
        ("m", 60L * 1000), ("s", 1000), ("ms", 1),
    ];

    /// <summary>False with Prometheus's own words for what is wrong. Never negative; at most 292 years.</summary>
    public static bool TryParse(string text, out TimeSpan value, out string problem)
    {
        value = TimeSpan.Zero;
        problem = "";
        if (text == "0")
        {
            return true;
        }

        if (text.Length == 0)
        {
            problem = "empty duration string";
            return false;
        }

        UInt128 totalMs = 0;
        int nextUnit = 0;
        ReadOnlySpan<char> rest = text;
        while (rest.Length > 0)
        {
            if (!TryTakePart(ref rest, ref nextUnit, out UInt128 partMs))
            {
                problem = $"not a valid duration string: \"{text}\"";
                return false;
            }

            totalMs += partMs;
        }

        // Prometheus counts in 64-bit nanoseconds; what does not fit there is refused there and here.
        if (totalMs > long.MaxValue / NanosecondsPerMs)
        {
            problem = "duration out of range";
            return false;
        }

        value = TimeSpan.FromMilliseconds((long)totalMs);
        return true;
    }

    /// <summary>As Prometheus prints durations, below a millisecond cut: <c>1m30s</c>, <c>0s</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        long ms = Math.Abs((long)duration.TotalMilliseconds);
        if (ms == 0)
        {
            return "0s";
        }

        StringBuilder text = new(duration < TimeSpan.Zero ? "-" : "");
        foreach ((string unit, long unitMs) in s_units)
        {
            // Years and weeks only when they come out even: 90d reads better than 12w6d.
            bool onlyWhenEven = unit is "y" or "w";
            long count = onlyWhenEven && ms % unitMs != 0 ? 0 : ms / unitMs;
            if (count > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{count}{unit}");
                ms -= count * unitMs;
            }
        }

        return text.ToString();
    }

    private static bool TryTakePart(ref ReadOnlySpan<char> rest, ref int nextUnit, out UInt128 ms)
    {
        ms = 0;
        int digits = rest.IndexOfAnyExceptInRange('0', '9');
        if (digits <= 0)
        {
            return false;
        }

        ReadOnlySpan<char> number = rest[..digits];
        rest = rest[digits..];
        int letters = rest.IndexOfAnyInRange('0', '9');
        ReadOnlySpan<char> unit = letters < 0 ? rest : rest[..letters];
        for (; nextUnit < s_units.Length; nextUnit++)
        {
            if (unit.SequenceEqual(s_units[nextUnit].Unit))
            {
                rest = rest[unit.Length..];
                // More than 18 digits cannot fit in any unit; cut, so that the product stays in range.
                ms = number.TrimStart('0').Length > 18
                    ? ulong.MaxValue
                    : UInt128.Parse(number, CultureInfo.InvariantCulture) * (UInt128)s_units[nextUnit].Ms;
                nextUnit++;
                return true;
            }
        }

        return false;
    }
}
