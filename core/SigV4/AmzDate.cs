using System.Diagnostics;
using System.Globalization;

namespace AmpEdge.SigV4;

/// <summary>The basic ISO 8601 form of signatures, in UTC: <c>20150830T123600Z</c>.</summary>
public static class AmzDate
{
    /// <summary>Characters of the whole form.</summary>
    public const int Length = 16;

    /// <summary>Characters of the leading day, which the credential scope repeats.</summary>
    public const int DayLength = 8;

    private const string Format = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>Writes <see cref="Length"/> characters; fractions of a second are cut off.</summary>
    public static void Write(DateTimeOffset time, Span<char> destination)
    {
        bool fits = time.UtcDateTime.TryFormat(destination, out int written, Format, CultureInfo.InvariantCulture);
        Debug.Assert(fits && written == Length, "sixteen characters, by the format");
    }

    public static string ToText(DateTimeOffset time) =>
        time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(
            text,
            Format,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out time);
}
