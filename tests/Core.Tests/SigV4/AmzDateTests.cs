using AmpEdge.SigV4;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.SigV4;

public sealed class AmzDateTests
{
    [Fact]
    public void Every_second_is_written_and_read_back()
    {
        Gen gen = Gen.Create(7);
        for (int round = 0; round < 2000; round++)
        {
            DateTimeOffset time = DateTimeOffset.FromUnixTimeSeconds((long)(gen.Double() * 250_000_000_000));
            string text = AmzDate.ToText(time);

            Assert.True(AmzDate.TryParse(text, out DateTimeOffset read), $"{gen}: {text}");
            Assert.Equal(time, read);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("20150830T123600")]
    [InlineData("20150830 123600Z")]
    [InlineData("20150830T123600z")]
    [InlineData("2015083-T123600Z")]
    [InlineData("00000101T000000Z")]
    [InlineData("20151301T000000Z")]
    [InlineData("20150229T000000Z")]
    [InlineData("20150800T000000Z")]
    [InlineData("20150830T240000Z")]
    [InlineData("20150830T126000Z")]
    [InlineData("20150830T123660Z")]
    [InlineData("2015-08-30T12:36:00Z")]
    public void Anything_else_is_no_date(string text)
    {
        Assert.False(AmzDate.TryParse(text, out _));
    }
}
