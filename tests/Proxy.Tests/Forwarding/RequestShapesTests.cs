using System.Linq;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace AmpEdge.Proxy.Tests.Forwarding;

/// <summary>Requests whose end two servers could see at different places: what reaches the upstream is one clean request or none.</summary>
public sealed class RequestShapesTests
{
    private const string Post = "POST /write HTTP/1.1\r\nHost: h\r\n";
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
    private const string Smuggled = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";

    public static TheoryData<string, string> Refused => new()
    {
        { "a length beside chunks", Post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n" },
        { "chunks beside a length", Post + "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nX" + Smuggled },
        { "two lengths", Post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx" },
        { "two lengths in a line", Post + "Content-Length: 1, 2\r\n\r\nxx" },
        { "a negative length", Post + "Content-Length: -1\r\n\r\nx" },
        { "a length in hex", Post + "Content-Length: 0x1\r\n\r\nx" },
        { "identity", Post + "Transfer-Encoding: identity\r\n\r\nx" },
        { "chunked, then identity", Post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" },
        { "an unknown coding", Post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" },
        { "a coding that would be lost", Post + "Connection: close\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" },
        { "a space before the colon", Post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" },
        { "a space before the length's colon", Post + "Content-Length : 1\r\n\r\nx" },
        { "a folded coding", Post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" },
        { "a folded header", Post + "X-A: 1\r\n\tb\r\nContent-Length: 0\r\n\r\n" },
        { "a bare return in a value", Post + "X-A: 1\rContent-Length: 5\r\nContent-Length: 0\r\n\r\n" },
        { "a zero byte in a value", Post + "X-A: 1\0b\r\nContent-Length: 0\r\n\r\n" },
        { "a name with a space", Post + "X A: 1\r\nContent-Length: 0\r\n\r\n" },
        { "no name", Post + ": 1\r\nContent-Length: 0\r\n\r\n" },
        { "two hosts", "GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n" },
        { "no host", "GET / HTTP/1.1\r\n\r\n" },
        { "an authority as target", "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\nConnection: close\r\n\r\n" },
        { "a chunk of more than any number", Post + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nx\r\n0\r\n\r\n" },
        { "a chunk of a negative length", Post + "Transfer-Encoding: chunked\r\n\r\n-1\r\nx\r\n0\r\n\r\n" },
        { "a chunk that is longer than it says", Post + "Transfer-Encoding: chunked\r\n\r\n1\r\nxyz\r\n0\r\n\r\n" },
        { "a version of its own", "GET / HTTP/3.7\r\nHost: h\r\n\r\n" },
    };

    public static TheoryData<string, string, string> Forwarded => new()
    {
        { "chunked in odd case", Post + "Connection: close\r\nTransfer-Encoding: cHuNkEd\r\n\r\n1\r\nx\r\n0\r\n\r\n", "x" },
        { "chunks with extensions", Post + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n1;a=\"b\"\r\nx\r\n0;z\r\n\r\n", "x" },
        { "a trailer that is a length", Post + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nContent-Length: 9\r\n\r\n", "x" },
        { "a trailer that is a signature", Post + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nAuthorization: mine\r\n\r\n", "x" },
        { "leading zeros in a chunk's length", Post + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n0001\r\nx\r\n000\r\n\r\n", "x" },
        { "a signed length", Post + "Connection: close\r\nContent-Length: +1\r\n\r\nx", "x" },
        { "a length and more bytes", Post + "Connection: close\r\nContent-Length: 1\r\n\r\nx" + Smuggled, "x" },
        { "empty lines before it", "\r\n\r\n" + Post + "Connection: close\r\nContent-Length: 1\r\n\r\nx", "x" },
        { "a whole address as target", "POST http://elsewhere/write HTTP/1.1\r\nHost: elsewhere\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx", "x" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Doubtful_requests_are_refused_and_nothing_of_them_is_forwarded(string what, string request)
    {
        await using RawUpstream upstream = new(Answer);
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(host: upstream.Address);
        (string answer, _) = await RawCaller.ExchangeAsync(proxy.Address, request);

        Assert.True(answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal) || answer.StartsWith("HTTP/1.1 50", StringComparison.Ordinal), $"{what}: {answer}");
        Assert.True(upstream.Requests.IsEmpty, $"{what} reached the upstream");
    }

    [Theory]
    [MemberData(nameof(Forwarded))]
    public async Task Odd_but_clear_requests_are_forwarded_as_one_plain_request(string what, string request, string body)
    {
        await using RawUpstream upstream = new(Answer);
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(host: upstream.Address);
        (string answer, _) = await RawCaller.ExchangeAsync(proxy.Address, request);

        Assert.True(answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal), $"{what}: {answer}");
        (string head, string arrived) = Assert.Single(upstream.Requests);
        Assert.Equal(body, arrived);
        Assert.StartsWith("POST /write HTTP/1.1\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("transfer-encoding", head, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("mine", head, StringComparison.Ordinal);
        Assert.Equal(2, head.Split("\r\nContent-Length: ").Length);
        Assert.All(head.Split("\r\n"), line => Assert.False(line.Contains('\n', StringComparison.Ordinal) || line.StartsWith(' ')));
    }

    [Fact]
    public async Task Lines_that_end_without_a_return_are_one_clean_request_or_none()
    {
        await using RawUpstream upstream = new(Answer);
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(host: upstream.Address);
        await RawCaller.ExchangeAsync(
            proxy.Address, "POST /write HTTP/1.1\nHost: h\nConnection: close\nContent-Length: 1\n\nx" + Smuggled);

        Assert.All(upstream.Requests, request =>
        {
            Assert.StartsWith("POST /write HTTP/1.1\r\n", request.Head, StringComparison.Ordinal);
            Assert.Equal("x", request.Body);
        });
        Assert.True(upstream.Requests.Count <= 1);
    }

    [Fact]
    public async Task An_extension_of_a_chunk_that_never_ends_is_given_up_on()
    {
        await using RawUpstream upstream = new(Answer);
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(host: upstream.Address);
        (string answer, bool isReset) = await RawCaller.ExchangeAsync(
            proxy.Address, Post + "Transfer-Encoding: chunked\r\n\r\n1;" + new string('e', 4 << 20));

        Assert.True(isReset || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal), answer);
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task A_caller_that_waits_for_100_gets_it_and_the_upstream_is_not_asked_to_wait()
    {
        await using RawUpstream upstream = new(Answer);
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(host: upstream.Address);
        using TcpClient connection = new();
        await connection.ConnectAsync("127.0.0.1", proxy.Address.Port, TestContext.Current.CancellationToken);
        NetworkStream stream = connection.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(Post + "Connection: close\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"),
            TestContext.Current.CancellationToken);
        byte[] interim = new byte[25];
        await stream.ReadExactlyAsync(interim, TestContext.Current.CancellationToken);
        await stream.WriteAsync("x"u8.ToArray(), TestContext.Current.CancellationToken);
        using StreamReader reader = new(stream, Encoding.ASCII);
        string answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", Encoding.ASCII.GetString(interim));
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        (string head, string body) = Assert.Single(upstream.Requests);
        Assert.Equal("x", body);
        Assert.DoesNotContain("expect", head, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Too_many_headers_are_refused_at_the_door()
    {
        await using RawUpstream upstream = new(Answer);
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(host: upstream.Address);
        string headers = string.Concat(Enumerable.Repeat("X-A: 1\r\n", 101));
        (string answer, _) = await RawCaller.ExchangeAsync(proxy.Address, $"GET / HTTP/1.1\r\nHost: h\r\n{headers}\r\n");

        Assert.StartsWith("HTTP/1.1 431 ", answer, StringComparison.Ordinal);
        Assert.Empty(upstream.Requests);
    }
}
