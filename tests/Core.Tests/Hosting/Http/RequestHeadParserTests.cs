using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Http;

public sealed class RequestHeadParserTests
{
    private static readonly HttpServerOptions s_limits = new() { ListenAddress = ":0" };

    [Fact]
    public void A_head_is_taken_apart_as_it_was_sent()
    {
        RequestHead head = Parsed("GET /a%2Fb?c=d HTTP/1.1\r\nhost: x\r\nAccept:a\r\nACCEPT: \t b \t\r\nX: \u00e9\r\n\r\n");

        Assert.Equal("GET", head.Method);
        Assert.Equal("/a%2Fb?c=d", head.Target);
        Assert.Equal("a,b", head.Field("Accept"));
        Assert.Equal("\u00e9", head.Field("x"));
        Assert.Equal("", head.Field("missing"));
        Assert.True(head.KeepsConnection);
        Assert.False(head.IsHttp10);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade, Close\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nConnection: closed\r\n\r\n", true)]
    [InlineData("GET / HTTP/1.0\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true)]
    [InlineData("GET / HTTP/1.0\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n", false)]
    public void Who_keeps_the_connection(string head, bool keeps) => Assert.Equal(keeps, Parsed(head).KeepsConnection);

    [Fact]
    public void The_end_is_found_wherever_the_bytes_are_cut()
    {
        foreach (string text in (string[])["GET / HTTP/1.1\r\nHost: x\r\n\r\nrest\r\n\r\n", "GET / HTTP/1.1\nHost: x\n\nrest\n\n"])
        {
            byte[] bytes = Encoding.ASCII.GetBytes(text);
            int end = text.IndexOf("rest", StringComparison.Ordinal);
            int searched = 0;
            for (int length = 0; length < end; length++)
            {
                Assert.Equal(-1, HttpFraming.EndOfHead(bytes.AsSpan(0, length), searched));
                searched = length;
            }

            Assert.Equal(end, HttpFraming.EndOfHead(bytes.AsSpan(0, end), searched));
            Assert.Equal(end, HttpFraming.EndOfHead(bytes, 0));
        }
    }

    [Fact]
    public void Damage_is_a_refusal_or_a_head_that_keeps_to_its_alphabet()
    {
        Gen gen = Gen.Create(4_711);
        byte[] whole = Encoding.ASCII.GetBytes(
            "POST /page?a=%20b HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n");
        int taken = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] damaged = gen.Mutate(whole, 3);
            RequestHead? head = RequestHeadParser.Parse(damaged, s_limits, out RequestRefusal refusal);
            Assert.True(head is null == refusal.IsRefused, gen.ToString());
            if (head is not null)
            {
                taken++;
                Assert.True(head.ContentLength >= 0, gen.ToString());
                Assert.True(head.Method.Length > 0 && !head.Target.AsSpan().ContainsAny(" \r\n\t\0"), gen.ToString());
            }
        }

        Assert.InRange(taken, 100, 19_000);
    }

    private static RequestHead Parsed(string head) =>
        RequestHeadParser.Parse(Encoding.Latin1.GetBytes(head), s_limits, out RequestRefusal refusal)
        ?? throw new InvalidOperationException(refusal.Reason);
}
