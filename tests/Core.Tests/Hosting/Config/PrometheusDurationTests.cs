using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Config;

public sealed class PrometheusDurationTests
{
    [Theory]
    [InlineData("0", 0, "0s")]
    [InlineData("0w", 0, "0s")]
    [InlineData("0s", 0, "0s")]
    [InlineData("324ms", 324, "324ms")]
    [InlineData("3s", 3000, "3s")]
    [InlineData("5m", 300_000, "5m")]
    [InlineData("1h", 3_600_000, "1h")]
    [InlineData("4d", 345_600_000, "4d")]
    [InlineData("4d1h", 349_200_000, "4d1h")]
    [InlineData("14d", 1_209_600_000, "2w")]
    [InlineData("3w", 1_814_400_000, "3w")]
    [InlineData("3w2d1h", 1_990_800_000, "23d1h")]
    [InlineData("10y", 315_360_000_000, "10y")]
    [InlineData("1m30s", 90_000, "1m30s")]
    [InlineData("90s", 90_000, "1m30s")]
    public void Valid_durations_are_read_and_printed(string text, long ms, string printed)
    {
        Assert.True(PrometheusDuration.TryParse(text, out TimeSpan value, out string problem), problem);
        Assert.Equal(TimeSpan.FromMilliseconds(ms), value);
        Assert.Equal(printed, PrometheusDuration.Format(value));
    }

    [Theory]
    [InlineData("", "empty duration string")]
    [InlineData("1", "not a valid duration string: \"1\"")]
    [InlineData("-1w", "not a valid duration string: \"-1w\"")]
    [InlineData("1y1m1d", "not a valid duration string: \"1y1m1d\"")]
    [InlineData("1s1s", "not a valid duration string: \"1s1s\"")]
    [InlineData("1.5d", "not a valid duration string: \"1.5d\"")]
    [InlineData("d", "not a valid duration string: \"d\"")]
    [InlineData("1 s", "not a valid duration string: \"1 s\"")]
    [InlineData("10000000000000000000000y", "duration out of range")]
    [InlineData("294y", "duration out of range")]
    [InlineData("99999999999999999999ms", "duration out of range")]
    public void Wrong_durations_are_refused_in_the_words_of_prometheus(string text, string expected)
    {
        Assert.False(PrometheusDuration.TryParse(text, out _, out string problem));
        Assert.Equal(expected, problem);
    }

    [Fact]
    public void What_is_printed_is_read_back()
    {
        Gen gen = Gen.Create(3);
        for (int run = 0; run < 2000; run++)
        {
            TimeSpan duration = TimeSpan.FromMilliseconds(gen.Long() & ((1L << gen.Int(1, 43)) - 1));
            string text = PrometheusDuration.Format(duration);
            Assert.True(PrometheusDuration.TryParse(text, out TimeSpan back, out _), $"{text}, {gen}");
            Assert.Equal(duration, back);
        }
    }

    [Fact]
    public void Random_texts_are_refused_without_harm()
    {
        Gen gen = Gen.Create(4);
        for (int run = 0; run < 5000; run++)
        {
            string text = gen.Text("0123456789ywdhms .-é", 12);
            bool read = PrometheusDuration.TryParse(text, out TimeSpan value, out string problem);
            Assert.True(read ? value >= TimeSpan.Zero : problem.Length > 0, $"{text}, {gen}");
        }
    }
}
