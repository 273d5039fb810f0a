using System.Net;
using System.Net.Sockets;
using System.Text;
using AmpEdge.IngestServer.Tests.Support;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.IngestServer.Tests.DataPlane;

/// <summary>What clients do wrong, by mistake or on purpose: the server answers with a status and lives on.</summary>
public sealed class RobustnessTests
{
    private static readonly string[] s_getApis =
        ["query", "query_range", "series", "labels", "label/job/values", "metadata", "format_query", "parse_query", "status/buildinfo"];

    private static readonly string[] s_postApis = ["query", "query_range", "series", "labels", "format_query", "parse_query"];

    /// <summary>Many seconds of work: each of 8,640 quantiles sorts 86,400 values.</summary>
    private const string LongQuery = "max_over_time(quantile_over_time(0.5,vector(time())[1d:1s])[1d:10s])";

    [Fact]
    public async Task Garbage_as_parameters_is_answered_and_never_with_an_internal_error()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        Gen gen = Gen.Create(75);
        string[] names = ["query", "time", "start", "end", "step", "limit", "timeout", "match[]", "lookback_delta", "stats", "metric"];
        for (int round = 0; round < 400; round++)
        {
            StringBuilder query = new("?");
            for (int pair = gen.Int(5); pair >= 0; pair--)
            {
                query.Append(Uri.EscapeDataString(gen.Pick<string>(names))).Append('=')
                    .Append(Uri.EscapeDataString(gen.Text("0123456789.-+eE:TZhms{}[]()\"=~!,abup \\é\0", 12))).Append('&');
            }

            using HttpRequestMessage request = server.NewRequest(
                HttpMethod.Get, TestServer.PathOf(gen.Pick<string>(s_getApis)) + query);
            using HttpResponseMessage response = await server.SendAsync(request);
            Assert.True(
                (int)response.StatusCode is 200 or 400 or 404 or 422,
                $"{response.StatusCode} for {request.RequestUri}, {gen}: {await TestServer.TextOf(response)} {server.Log()}");
        }
    }

    [Fact]
    public async Task Garbage_as_a_form_is_answered_on_every_endpoint_that_takes_one()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        Gen gen = Gen.Create(76);
        foreach (string api in s_postApis)
        {
            for (int round = 0; round < 20; round++)
            {
                using HttpResponseMessage response = await PostFormAsync(server, api, gen.Mutate("query=up&match[]=up&start=1&end=2&step=1"u8, 8));
                Assert.True(
                    (int)response.StatusCode is 200 or 400 or 422, $"{response.StatusCode} for {api}, {gen}");
            }
        }
    }

    [Fact]
    public async Task A_form_over_the_limit_is_answered_with_413()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        foreach (string api in s_postApis)
        {
            using HttpResponseMessage response = await PostFormAsync(server, api, new byte[(1 << 20) + 1]);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        }
    }

    [Fact]
    public async Task A_body_that_is_larger_than_it_said_or_says_nothing_is_cut_off_at_the_limit()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        string text = await ExchangeAsync(server, socket => SendEndlessChunks(socket, 8 << 20));
        Assert.StartsWith("HTTP/1.1 413", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX-Big: {0}\r\n\r\n", "HTTP/1.1 431")]
    [InlineData("GET /{0} HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 414")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "HTTP/1.1 400")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 400")]
    [InlineData("\u0016\u0003\u0001\u0002\r\n\r\n", "HTTP/1.1 400")]
    public async Task Oversized_and_broken_heads_are_refused(string head, string expected)
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        byte[] bytes = Encoding.Latin1.GetBytes(string.Format(null, head, new string('a', 80_000)));
        string text = await ExchangeAsync(server, socket => socket.Send(bytes));
        Assert.StartsWith(expected, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_that_never_finish_their_request_do_not_keep_others_from_being_answered()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        List<Socket> slow = [];
        for (int index = 0; index < 60; index++)
        {
            Socket socket = await ConnectAsync(server);
            socket.Send(Encoding.ASCII.GetBytes(index % 2 == 0
                ? $"GET {TestServer.PathOf("query")} HTTP/1.1\r\nHost: a\r\nX-"
                : $"POST {TestServer.PathOf("remote_write")} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc"));
            slow.Add(socket);
        }

        using HttpRequestMessage request = server.NewRequest(HttpMethod.Get, TestServer.PathOf("query?query=1"));
        using HttpResponseMessage response = await server.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        slow.ForEach(static socket => socket.Dispose());
    }

    [Fact]
    public async Task A_query_ends_when_its_client_goes_away()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        using CancellationTokenSource leave = new();
        using HttpRequestMessage request = server.NewRequest(HttpMethod.Get, TestServer.PathOf($"query?query={LongQuery}"));
        Task<HttpResponseMessage> asking = server.Client.SendAsync(request, leave.Token);
        await UntilMetricAsync(server, "ampedge_queries_inside 1", asking);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await UntilMetricAsync(server, "ampedge_queries_inside 0", new TaskCompletionSource().Task);
    }

    [Fact]
    public async Task A_query_over_its_time_is_answered_with_503()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        using HttpRequestMessage request = server.NewRequest(
            HttpMethod.Get, TestServer.PathOf($"query?timeout=50ms&query={LongQuery}"));
        using HttpResponseMessage response = await server.SendAsync(request);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("\"errorType\":\"timeout\"", await TestServer.TextOf(response), StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> PostFormAsync(TestServer server, string api, byte[] body)
    {
        HttpRequestMessage request = server.NewRequest(HttpMethod.Post, TestServer.PathOf(api), body);
        request.Content!.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded");
        return server.SendAsync(request);
    }

    /// <summary>Waits for a line of the metrics, which is to come while something else still runs.</summary>
    private static async Task UntilMetricAsync(TestServer server, string line, Task running)
    {
        while (!(await server.MetricsAsync()).Contains(line + "\n", StringComparison.Ordinal))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            Assert.False(running.IsCompleted, $"'{line}' was not seen in time");
        }
    }

    private static void SendEndlessChunks(Socket socket, int totalBytes)
    {
        socket.Send(Encoding.ASCII.GetBytes(
            $"POST {TestServer.PathOf("query")} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
        byte[] chunk = [.. "10000\r\n"u8, .. new byte[0x10000], .. "\r\n"u8];
        try
        {
            for (int sent = 0; sent < totalBytes; sent += 0x10000)
            {
                socket.Send(chunk);
            }
        }
        catch (SocketException refused)
        {
            // The server may have hung up on the rest, which is what it should do.
            Assert.True(refused.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown, refused.Message);
        }
    }

    private static async Task<string> ExchangeAsync(TestServer server, Action<Socket> send)
    {
        using Socket socket = await ConnectAsync(server);
        Task<string> answer = ReadHeadAsync(socket);
        send(socket);
        return await answer;
    }

    private static async Task<string> ReadHeadAsync(Socket socket)
    {
        byte[] buffer = new byte[4096];
        int read = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        return Encoding.Latin1.GetString(buffer, 0, read);
    }

    private static async Task<Socket> ConnectAsync(TestServer server)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, server.Port, TestContext.Current.CancellationToken);
        return socket;
    }
}
