using System.Globalization;

namespace AmpEdge.QueryApi;

/// <summary>RFC 3339 times as the Prometheus API takes them and as AMP prints them in texts.</summary>
public static class Rfc3339
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK";

    /// <summary>Reads a time with any number of decimals; a zone is required. Decimals past the seventh are cut.</summary>
    public static bool TryParse(string text, out long timestampMs)
    {
        timestampMs = 0;
        if (text.Length < "2006-01-02T15:04:05Z".Length || !HasZone(text))
        {
            return false;
        }

        if (!DateTimeOffset.TryParseExact(
                CutDecimals(text),
                Format,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out DateTimeOffset time))
        {
            return false;
        }

        timestampMs = time.ToUnixTimeMilliseconds();
        return true;
    }

    /// <summary>UTC with as many decimals as the milliseconds need; out of the calendar's range, the bare number.</summary>
    public static string FromMilliseconds(long timestampMs)
    {
        const long MinMs = -62135596800000;
        const long MaxMs = 253402300799999;
        return timestampMs is < MinMs or > MaxMs
            ? timestampMs.ToString(CultureInfo.InvariantCulture)
            : DateTimeOffset.FromUnixTimeMilliseconds(timestampMs).UtcDateTime
                .ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
    }

    private static bool HasZone(string text) =>
        text[^1] == 'Z' || (text[^3] == ':' && text[^6] is '+' or '-');

    private static string CutDecimals(string text)
    {
        const int MaxDecimals = 7;
        int point = text.IndexOf('.', StringComparison.Ordinal);
        if (point < 0)
        {
            return text;
        }

        int end = point + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return end - point - 1 <= MaxDecimals ? text : text[..(point + 1 + MaxDecimals)] + text[end..];
    }
}
