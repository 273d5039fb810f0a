using System.Globalization;
using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL.Functions;

public class CalendarFunctionsTests
{
    private static readonly string[] s_parts =
        ["year", "month", "day_of_month", "hour", "minute", "day_of_week", "day_of_year", "days_in_month"];

    [Fact]
    public async Task Every_part_agrees_with_the_calendar_of_the_framework()
    {
        Gen gen = Gen.Create(41);
        using Engine engine = new(new EngineOptions(), TimeProvider.System);
        for (int round = 0; round < 60; round++)
        {
            long seconds = gen.Int(-2_000_000_000, 2_000_000_000) * (long)gen.Int(1, 30);
            DateTime expected = DateTime.UnixEpoch.AddSeconds(seconds);
            string got = await Parts(engine, seconds.ToString(CultureInfo.InvariantCulture));
            Assert.True(
                Parts(expected) == got, $"{gen}: {seconds} is {expected:O}: expected {Parts(expected)}, got {got}");
        }
    }

    [Theory]
    [InlineData("951782400", "2000 2 29 0 0 2 60 29")]
    [InlineData("-1", "1969 12 31 23 59 3 365 31")]
    [InlineData("-0.5", "1970 1 1 0 0 4 1 31")]
    [InlineData("253402300800", "10000 1 1 0 0 6 1 31")]
    [InlineData("Inf", "292277026596 12 4 15 30 0 339 31")]
    [InlineData("-Inf", "292277026596 12 4 15 30 0 339 31")]
    [InlineData("NaN", "292277026596 12 4 15 30 0 339 31")]
    [InlineData("-2208988801", "1899 12 31 23 59 0 365 31")]
    public async Task Edges_of_years_and_centuries_are_right(string seconds, string expected)
    {
        using Engine engine = new(new EngineOptions(), TimeProvider.System);
        Assert.Equal(expected, await Parts(engine, seconds));
    }

    [Theory]
    [InlineData("9e18")]
    [InlineData("-9e18")]
    [InlineData("1e300")]
    public async Task What_is_no_time_gives_numbers_all_the_same(string seconds)
    {
        using Engine engine = new(new EngineOptions(), TimeProvider.System);
        Assert.Equal(s_parts.Length, (await Parts(engine, seconds)).Split(' ').Length);
    }

    private static string Parts(DateTime time) => string.Create(
        CultureInfo.InvariantCulture,
        $"{time.Year} {time.Month} {time.Day} {time.Hour} {time.Minute} {(int)time.DayOfWeek} {time.DayOfYear} "
        + $"{DateTime.DaysInMonth(time.Year, time.Month)}");

    private static async Task<string> Parts(Engine engine, string seconds)
    {
        List<string> parts = [];
        foreach (string part in s_parts)
        {
            QueryResult result = await engine.InstantAsync(
                MemoryQueryable.Empty, $"{part}(vector({seconds}))", 0, QueryOptions.Default, CancellationToken.None);
            parts.Add(((VectorValue)result.Value).Values[0].ToString(CultureInfo.InvariantCulture));
        }

        return string.Join(' ', parts);
    }
}
