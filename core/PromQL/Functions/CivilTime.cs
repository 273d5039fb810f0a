namespace AmpEdge.PromQL;

/// <summary>
/// A time of the Gregorian calendar in UTC, from Unix seconds of any size: DateTime ends with the year 9999, samples do
/// not.
/// </summary>
internal readonly struct CivilTime
{
    private const long SecondsPerDay = 86_400;
    private const int DaysPerEra = 146_097;
    private const int YearsPerEra = 400;

    // Days from 1 March of the year 0, where the eras below begin, to 1 January 1970.
    private const long DaysToUnixEpoch = 719_468;

    /// <summary>1 March of the year -292277022400, before which Go's calendar has no days: it goes on at its other end.</summary>
    private const long EarliestSeconds = -9_223_372_028_741_760_000;

    private readonly long _unixDays;

    public CivilTime(double unixSeconds)
    {
        // Cut towards zero; what no integer can hold becomes the smallest, as on Prometheus's usual platform.
        long seconds = unixSeconds is > long.MinValue and < long.MaxValue ? (long)unixSeconds : long.MinValue;
        _unixDays = seconds < EarliestSeconds
            ? (long)((ulong)seconds / SecondsPerDay)
            : FloorDivide(seconds, SecondsPerDay);
        int secondOfDay = (int)unchecked(seconds - (_unixDays * SecondsPerDay));
        Hour = secondOfDay / 3600;
        Minute = secondOfDay / 60 % 60;

        // Counting years from March puts the leap day last, so that the lengths of months follow one formula.
        long days = _unixDays + DaysToUnixEpoch;
        long era = FloorDivide(days, DaysPerEra);
        int dayOfEra = (int)(days - (era * DaysPerEra));
        int yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        int dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        int monthFromMarch = ((5 * dayOfYear) + 2) / 153;
        Day = dayOfYear - (((153 * monthFromMarch) + 2) / 5) + 1;
        Month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        Year = yearOfEra + (era * YearsPerEra) + (Month <= 2 ? 1 : 0);
    }

    public long Year { get; }

    /// <summary>From 1.</summary>
    public int Month { get; }

    /// <summary>From 1.</summary>
    public int Day { get; }

    public int Hour { get; }

    public int Minute { get; }

    /// <summary>0 is Sunday. The epoch was a Thursday.</summary>
    public int DayOfWeek => (int)(_unixDays + 4 - (FloorDivide(_unixDays + 4, 7) * 7));

    /// <summary>From 1.</summary>
    public int DayOfYear
    {
        get
        {
            int days = Day;
            for (int month = 1; month < Month; month++)
            {
                days += DaysIn(month);
            }

            return days;
        }
    }

    public int DaysInMonth => DaysIn(Month);

    private bool IsLeapYear => Year % 4 == 0 && (Year % 100 != 0 || Year % YearsPerEra == 0);

    private int DaysIn(int month) => month switch
    {
        2 => IsLeapYear ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    private static long FloorDivide(long value, long divisor) =>
        (value / divisor) - (value % divisor < 0 ? 1 : 0);
}
