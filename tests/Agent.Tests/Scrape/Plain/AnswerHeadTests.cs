using System.Text;
using AmpEdge.Agent.Scrape.Plain;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape.Plain;

public sealed class AnswerHeadTests
{
    [Fact]
    public void The_usual_head_of_a_page()
    {
        AnswerHead head = Parse(
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain; version=0.0.4\r\nContent-Encoding:gzip\r\nContent-Length: \t12 \r\n"
            + "Connection: keep-alive\r\nDate: x\r\n\r\n");

        Assert.Equal(
            (200, "text/plain; version=0.0.4", true, BodyFraming.Length, 12L, true),
            (head.Status, head.ContentType, head.IsGzip, head.Framing, head.ContentLength, head.KeepsAlive));
    }

    [Fact]
    public void A_status_that_is_no_page_comes_with_what_is_said_of_it()
    {
        AnswerHead head = Parse("HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: Chunked\r\n\r\n");

        Assert.Equal((503, "Service Unavailable", BodyFraming.Chunked, true), (head.Status, head.Reason, head.Framing, head.KeepsAlive));
        Assert.Equal("", Parse("HTTP/1.1 503\r\n\r\n").Reason);
        Assert.Equal("", Parse("HTTP/1.1 503 \r\n\r\n").Reason);
    }

    [Theory]
    [InlineData("", BodyFraming.UntilClose, false)]
    [InlineData("Connection: close\r\n", BodyFraming.UntilClose, false)]
    [InlineData("Content-Length: 0\r\n", BodyFraming.Length, true)]
    [InlineData("Content-Length: 1\r\nConnection: close\r\n", BodyFraming.Length, false)]
    [InlineData("Transfer-Encoding: chunked\r\nConnection: upgrade\r\n", BodyFraming.Chunked, false)]
    [InlineData("Transfer-Encoding: chunked\r\nConnection: Keep-Alive\r\n", BodyFraming.Chunked, true)]
    public void A_connection_goes_on_behind_a_body_whose_end_is_known(string fields, object framing, bool keepsAlive)
    {
        AnswerHead head = Parse("HTTP/1.1 200 OK\r\n" + fields + "\r\n");

        Assert.Equal(((BodyFraming)framing, keepsAlive), (head.Framing, head.KeepsAlive));
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\n\r\n")]
    [InlineData("HTTP/2 200\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 +20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n")]
    [InlineData("ICY 200 OK\r\n\r\n")]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n: no name\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nname : x\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA: x\r\n folded: y\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Encoding: gzip\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Type: a/b\r\n\r\n")]
    public void What_is_unusual_is_left_to_the_general_client(string head) =>
        Assert.False(AnswerHead.TryParse(Encoding.Latin1.GetBytes(head), out _));

    [Fact]
    public void Whatever_comes_is_read_or_left()
    {
        byte[] usual = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\nContent-Encoding: gzip\r\n\r\n"u8.ToArray();
        Gen gen = Gen.Create(20261123);
        for (int round = 0; round < 20_000; round++)
        {
            if (AnswerHead.TryParse(gen.Mutate(usual), out AnswerHead head))
            {
                Assert.True(head.Status is (>= 200 and < 300) or (>= 400 and < 1000), $"{head.Status}, {gen}");
                Assert.True(head.ContentLength >= 0, $"{head.ContentLength}, {gen}");
            }
        }
    }

    private static AnswerHead Parse(string head)
    {
        Assert.True(AnswerHead.TryParse(Encoding.Latin1.GetBytes(head), out AnswerHead parsed));
        return parsed;
    }
}
