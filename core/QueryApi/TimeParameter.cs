using System.Globalization;
using AmpEdge.Prometheus;

namespace AmpEdge.QueryApi;

/// <summary>Times of API parameters: Unix seconds with a fraction, or RFC 3339.</summary>
public static class TimeParameter
{
    /// <summary>The earliest and latest times that Prometheus knows, which clients send to mean "everything".</summary>
    private const string MinTimeText = "-292273086-05-16T16:47:06Z";
    private const string MaxTimeText = "292277025-08-18T07:12:54.999999999Z";

    /// <summary>What <see cref="MinTimeText"/> is taken for: a start that excludes nothing, far from overflowing.</summary>
    public const long MinTimeMs = long.MinValue / 2;

    /// <summary>What <see cref="MaxTimeText"/> is taken for: an end that excludes nothing, far from overflowing.</summary>
    public const long MaxTimeMs = long.MaxValue / 2;

    /// <summary>Reads a time into milliseconds since 1970, rounded to the nearest.</summary>
    /// <param name="text">What the caller sent.</param>
    /// <param name="timestampMs">The time, within [<see cref="MinTimeMs"/>, <see cref="MaxTimeMs"/>].</param>
    /// <param name="problem">Prometheus's words for a text that is no time.</param>
    public static bool TryParse(string text, out long timestampMs, out string problem)
    {
        problem = "";
        if (GoFloat.TryParse(text, out double seconds) && double.IsFinite(seconds))
        {
            timestampMs = FromSeconds(seconds);
            return true;
        }

        if (Rfc3339.TryParse(text, out timestampMs))
        {
            return true;
        }

        switch (text)
        {
            case MinTimeText:
                timestampMs = MinTimeMs;
                return true;
            case MaxTimeText:
                timestampMs = MaxTimeMs;
                return true;
            default:
                problem = $"cannot parse {LabelsFormatter.Quote(Clip(text))} to a valid timestamp";
                return false;
        }
    }

    /// <summary>Texts from outside are cut before they are put into a message.</summary>
    public static string Clip(string text) => text.Length <= 200 ? text : text[..200] + "…";

    private static long FromSeconds(double seconds)
    {
        double whole = Math.Truncate(seconds);
        double milliseconds = whole * 1000 + Math.Round((seconds - whole) * 1000, MidpointRounding.AwayFromZero);
        return milliseconds switch
        {
            <= MinTimeMs => MinTimeMs,
            >= MaxTimeMs => MaxTimeMs,
            _ => (long)milliseconds,
        };
    }
}
