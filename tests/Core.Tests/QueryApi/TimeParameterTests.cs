using AmpEdge.QueryApi;
using Xunit;

namespace AmpEdge.Core.Tests.QueryApi;

public sealed class TimeParameterTests
{
    [Theory]
    [InlineData("1700003600", 1700003600000)]
    [InlineData("1700000000.123", 1700000000123)]
    [InlineData("1700000000.1236", 1700000000124)]
    [InlineData("1.7e9", 1700000000000)]
    [InlineData("-1.5", -1500)]
    [InlineData("2023-11-14T23:13:20.5Z", 1700003600500)]
    [InlineData("2023-11-15T00:13:20.5+01:00", 1700003600500)]
    [InlineData("2015-06-03T13:21:58.555Z", 1433337718555)]
    [InlineData("2015-06-03T13:21:58.555123456789Z", 1433337718555)]
    [InlineData("-292273086-05-16T16:47:06Z", TimeParameter.MinTimeMs)]
    [InlineData("292277025-08-18T07:12:54.999999999Z", TimeParameter.MaxTimeMs)]
    [InlineData("1e300", TimeParameter.MaxTimeMs)]
    public void A_time_is_read_into_milliseconds(string text, long expected)
    {
        Assert.True(TimeParameter.TryParse(text, out long timestampMs, out _));
        Assert.Equal(expected, timestampMs);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("")]
    [InlineData(" 1")]
    [InlineData("1,000")]
    [InlineData("NaN")]
    [InlineData("+Inf")]
    [InlineData("2015-06-03T13:21:58.555")]
    [InlineData("2015-06-03")]
    [InlineData("2015-02-30T13:21:58Z")]
    public void What_is_no_time_is_refused_in_Prometheus_words(string text)
    {
        Assert.False(TimeParameter.TryParse(text, out _, out string problem));
        Assert.Equal($"cannot parse \"{text}\" to a valid timestamp", problem);
    }

    [Theory]
    [InlineData(1681739570001, "2023-04-17T13:52:50.001Z")]
    [InlineData(1681739570500, "2023-04-17T13:52:50.5Z")]
    [InlineData(1681739570000, "2023-04-17T13:52:50Z")]
    [InlineData(long.MaxValue, "9223372036854775807")]
    public void A_time_in_a_text_has_no_more_decimals_than_it_needs(long timestampMs, string expected) =>
        Assert.Equal(expected, Rfc3339.FromMilliseconds(timestampMs));
}
