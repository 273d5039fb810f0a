using System.Text;
using Xunit;

namespace AmpEdge.Proxy.Tests.Forwarding;

/// <summary>Answers of every shape: what is whole arrives whole, and what is broken never looks whole.</summary>
public sealed class AnswerShapesTests
{
    [Theory]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n", "HTTP/1.1 204 No Content\r\n", "")]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nETag: \"e\"\r\n\r\n", "HTTP/1.1 304 Not Modified\r\n", "")]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", "\r\nContent-Length: 1000\r\n", "")]
    [InlineData("GET", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\n", "ok")]
    [InlineData("GET", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\n", "ok")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\u001f\u008b\u0008\0", "\r\nContent-Encoding: gzip\r\n", "\u001f\u008b\u0008\0")]
    [InlineData("GET", "HTTP/1.1 418 I am a teapot\r\nContent-Length: 5\r\n\r\nshort", "HTTP/1.1 418 ", "short")]
    [InlineData("GET", "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold", "HTTP/1.1 200 OK\r\n", "old")]
    public async Task Whole_answers_arrive_as_they_are(string method, string sent, string expected, string body)
    {
        await using RawUpstream upstream = new(sent);
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(host: upstream.Address);
        (string answer, bool isReset) = await RawCaller.GetAsync(proxy.Address, method);

        Assert.False(isReset);
        Assert.Contains(expected, answer, StringComparison.Ordinal);
        Assert.Equal(body, answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        Assert.DoesNotContain("accept-encoding", Assert.Single(upstream.Requests).Head, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Checksum: 1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcde")]
    public async Task Answers_without_a_length_arrive_in_chunks(string sent)
    {
        await using RawUpstream upstream = new(sent);
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(host: upstream.Address);
        using HttpResponseMessage answer = await proxy.Client.GetAsync(proxy.Address, TestContext.Current.CancellationToken);

        Assert.Equal("abcde", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nnonsense", false)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf", true)]
    public async Task A_broken_answer_is_broken_for_the_caller_too(string sent, bool reset)
    {
        TaskCompletionSource halfArrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RawUpstream upstream = new(async (stream, stop) =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(sent), stop);
            // The caller must have the beginning, or else there would be an error to answer with.
            await halfArrived.Task.WaitAsync(stop);
            if (reset)
            {
                stream.Socket.Close(0);
            }
        });
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(host: upstream.Address);
        using HttpResponseMessage answer = await proxy.Client.GetAsync(
            proxy.Address, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using Stream body = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        byte[] half = new byte[4];
        await body.ReadExactlyAsync(half, TestContext.Current.CancellationToken);
        halfArrived.SetResult();

        Assert.Equal("half", Encoding.ASCII.GetString(half));
        Exception broken = await Assert.ThrowsAnyAsync<Exception>(
            () => body.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));
        Assert.True(broken is IOException or HttpRequestException, broken.ToString());
    }

    [Theory]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Half: ")]
    [InlineData("")]
    public async Task What_is_no_answer_becomes_502_with_a_reason(string sent)
    {
        await using RawUpstream upstream = new(sent);
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(host: upstream.Address);
        (string answer, _) = await RawCaller.GetAsync(proxy.Address);

        Assert.StartsWith("HTTP/1.1 502 ", answer, StringComparison.Ordinal);
        Assert.Contains($"unable to proxy request to http://{upstream.Address}: ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_of_the_upstream_are_bounded()
    {
        await using RawUpstream upstream = new($"HTTP/1.1 200 OK\r\nX-A: {new string('a', 100_000)}\r\nContent-Length: 0\r\n\r\n");
        await using RawUpstream large = new($"HTTP/1.1 200 OK\r\nX-A: {new string('a', 40_000)}\r\nContent-Length: 2\r\n\r\nok");
        await using ProxyUnderTest refusing = await ProxyUnderTest.StartAsync(host: upstream.Address);
        await using ProxyUnderTest taking = await ProxyUnderTest.StartAsync(host: large.Address);
        (string refused, _) = await RawCaller.GetAsync(refusing.Address);
        (string taken, _) = await RawCaller.GetAsync(taking.Address);

        Assert.StartsWith("HTTP/1.1 502 ", refused, StringComparison.Ordinal);
        Assert.EndsWith("ok", taken, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_nobody_reads_stops_the_upstream_instead_of_filling_memory()
    {
        const int Block = 64 << 10;
        const long Most = 1L << 30;
        long written = 0;
        await using RawUpstream upstream = new(async (stream, stop) =>
        {
            byte[] block = new byte[Block];
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                FormattableString.Invariant($"HTTP/1.1 200 OK\r\nContent-Length: {Most}\r\n\r\n")), stop);
            while (Volatile.Read(ref written) < Most)
            {
                await stream.WriteAsync(block, stop);
                Interlocked.Add(ref written, Block);
            }
        });
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(host: upstream.Address);
        using HttpResponseMessage answer = await proxy.Client.GetAsync(
            proxy.Address, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        // Until nothing moves any more: sockets hold some MiB on both sides of the proxy.
        long before = -1;
        while (before != Volatile.Read(ref written))
        {
            before = Volatile.Read(ref written);
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.InRange(before, 1, 64 << 20);
    }
}
