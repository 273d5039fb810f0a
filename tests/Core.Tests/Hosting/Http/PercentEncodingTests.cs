using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting;

public sealed class PercentEncodingTests
{
    [Theory]
    [InlineData("a%C3%A9", "a\u00E9")]
    [InlineData("%f0%9f%98%80+", "\U0001F600+")]
    public void Text_is_decoded_alike_by_both_forms(string sent, string expected)
    {
        Assert.True(PercentEncoding.TryDecode(sent, out string text));
        Assert.True(PercentEncoding.TryDecodeBytes(sent, out string bytewise));
        Assert.Equal((expected, expected), (text, bytewise));
    }

    [Theory]
    [InlineData("%")]
    [InlineData("a%2")]
    [InlineData("%zz")]
    public void A_broken_escape_is_refused_by_both_forms(string sent)
    {
        Assert.False(PercentEncoding.TryDecode(sent, out _));
        Assert.False(PercentEncoding.TryDecodeBytes(sent, out _));
    }

    [Fact]
    public void Any_bytes_come_back_from_their_text_and_only_UTF_8_is_a_text()
    {
        Gen gen = Gen.Create(72);
        for (int round = 0; round < 2000; round++)
        {
            byte[] bytes = gen.Bytes(gen.Int(12));
            string sent = string.Concat(Array.ConvertAll(bytes, static value => $"%{value:X2}"));
            Assert.True(PercentEncoding.TryDecodeBytes(sent, out string text), gen.ToString());
            Assert.Equal(bytes, PercentEncoding.BytesOf(text));
            Assert.Equal(System.Text.Unicode.Utf8.IsValid(bytes), PercentEncoding.TryDecode(sent, out _));
        }
    }
}
