using System.Buffers;

namespace AmpEdge.SigV4;

/// <summary>The basic ISO 8601 form of signatures, in UTC: <c>20150830T123600Z</c>.</summary>
public static class AmzDate
{
    /// <summary>Characters of the whole form.</summary>
    public const int Length = 16;

    /// <summary>Characters of the leading day, which the credential scope repeats.</summary>
    public const int DayLength = 8;

    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789");

    /// <summary>Writes <see cref="Length"/> characters; fractions of a second are cut off.</summary>
    public static void Write(DateTimeOffset time, Span<char> destination)
    {
        DateTime utc = time.UtcDateTime;
        utc.Deconstruct(out int year, out int month, out int day);
        WriteDigits(destination[..4], year);
        WriteDigits(destination[4..6], month);
        WriteDigits(destination[6..8], day);
        destination[8] = 'T';
        WriteDigits(destination[9..11], utc.Hour);
        WriteDigits(destination[11..13], utc.Minute);
        WriteDigits(destination[13..15], utc.Second);
        destination[15] = 'Z';
    }

    public static string ToText(DateTimeOffset time) => string.Create(Length, time, static (text, time) => Write(time, text));

    /// <summary>Reads exactly this form; by hand, because the framework's exact parser allocates.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length != Length
            || text[DayLength] != 'T'
            || text[^1] != 'Z'
            || text[..DayLength].ContainsAnyExcept(s_digits)
            || text[(DayLength + 1)..^1].ContainsAnyExcept(s_digits))
        {
            return false;
        }

        int year = Digits(text[..4]);
        int month = Digits(text[4..6]);
        int day = Digits(text[6..8]);
        int hour = Digits(text[9..11]);
        int minute = Digits(text[11..13]);
        int second = Digits(text[13..15]);
        if (year < 1
            || month is < 1 or > 12
            || day < 1
            || day > DateTime.DaysInMonth(year, month)
            || hour > 23
            || minute > 59
            || second > 59)
        {
            return false;
        }

        time = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero);
        return true;
    }

    private static void WriteDigits(Span<char> destination, int value)
    {
        for (int place = destination.Length - 1; place >= 0; place--)
        {
            destination[place] = (char)('0' + (value % 10));
            value /= 10;
        }
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        int value = 0;
        foreach (char digit in text)
        {
            value = (10 * value) + (digit - '0');
        }

        return value;
    }
}
