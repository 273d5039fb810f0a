using System.Net.Sockets;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Http;

public sealed class PageServerTests : ListenerTests
{
    private const string Ask = "GET /page HTTP/1.1\r\nHost: x\r\n";

    private const string Last = "GET /page HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    [Theory]
    [InlineData("GET /page HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET /page HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET /page\r\n\r\n", 400)]
    [InlineData("GET  HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET /\u00e9 HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("G(T / HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505)]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505)]
    [InlineData("GET / SMTP\r\nHost: x\r\n\r\n", 400)]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\n\n", 400)]
    [InlineData(Ask + "X : y\r\n\r\n", 400)]
    [InlineData(Ask + ": y\r\n\r\n", 400)]
    [InlineData(Ask + "X: y\r\n folded\r\n\r\n", 400)]
    [InlineData(Ask + "X: y\u0000\r\n\r\n", 400)]
    [InlineData(Ask + "X: y\rZ: z\r\n\r\n", 400)]
    [InlineData(Ask + "Content-Length: -1\r\n\r\n", 400)]
    [InlineData(Ask + "Content-Length: +1\r\n\r\n", 400)]
    [InlineData(Ask + "Content-Length: 1x\r\n\r\n", 400)]
    [InlineData(Ask + "Content-Length: 99999999999999999999\r\n\r\n", 400)]
    [InlineData(Ask + "Content-Length: 0\r\nContent-Length: 0\r\n\r\n", 400)]
    [InlineData(Ask + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData(Ask + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501)]
    [InlineData(Ask + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501)]
    [InlineData("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData(Ask + "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n", 400)]
    [InlineData(Ask + "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n", 400)]
    [InlineData(Ask + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n\r\n", 400)]
    [InlineData(Ask + "Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n", 400)]
    [InlineData(Ask + "Transfer-Encoding: chunked\r\n\r\nfffffff\r\n", 413)]
    [InlineData(Ask + "Expect: a miracle\r\n\r\n", 417)]
    public async Task What_is_no_request_is_refused_and_ends_the_connection(string request, int status)
    {
        MapPage();
        await StartAsync(new HttpServerOptions { ListenAddress = "127.0.0.1:0", MaxRequestBodyBytes = 1000 });

        string answer = await RawAsync(request + Last);

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(1, CountOf("HTTP/1.1 ", answer));
        Assert.Contains($"prometheus_http_requests_total{{handler=\"none\",code=\"{status}\"}} 1", Page(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nGET /")]
    [InlineData("POST /page HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n5;name=\"v\"\r\nGET /\r\n3 \r\nabc\r\n0\r\nTrailer: y\r\n\r\n")]
    [InlineData("POST /page HTTP/1.1\nHost: x\nContent-Length: 2\n\nab")]
    [InlineData("\r\n\r\nPOST http://x/page?a=b HTTP/1.1\r\nHost:x\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("POST /page HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")]
    public async Task The_next_request_begins_behind_the_body(string request)
    {
        MapPage();
        await StartAsync();

        string answer = await RawAsync(request + Last);

        Assert.Equal(2, CountOf("HTTP/1.1 200 OK\r\n", answer));
        Assert.Equal(1, CountOf("Connection: keep-alive\r\n", answer));
        Assert.Equal(1, CountOf("Connection: close\r\n", answer));
    }

    [Fact]
    public async Task Bytes_may_come_one_by_one()
    {
        MapPage();
        await StartAsync();
        using TcpClient client = new("127.0.0.1", Address.Port) { NoDelay = true };
        foreach (byte one in Encoding.ASCII.GetBytes(
            "POST /page HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n" + Last))
        {
            await client.GetStream().WriteAsync(new[] { one }, TestContext.Current.CancellationToken);
        }

        Assert.Equal(2, CountOf("HTTP/1.1 200 OK\r\n", await RestAsync(client)));
    }

    [Fact]
    public async Task A_client_that_asks_first_is_told_to_go_on()
    {
        MapPage();
        await StartAsync();
        using TcpClient client = new("127.0.0.1", Address.Port);
        await SendAsync(client, "POST /page HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\n");
        byte[] first = new byte[25];
        await client.GetStream().ReadExactlyAsync(first, TestContext.Current.CancellationToken);

        await SendAsync(client, "abc");

        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", Encoding.ASCII.GetString(first));
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await RestAsync(client), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Header_fields_above_their_number_are_431()
    {
        await StartAsync(new HttpServerOptions { ListenAddress = "127.0.0.1:0", MaxRequestHeaderCount = 3 });

        string answer = await RawAsync(Ask + "A: 1\r\nB: 2\r\nC: 3\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 431 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_never_takes_its_answer_is_cut_off()
    {
        byte[] big = new byte[64 << 20];
        TaskCompletionSource<bool> kept = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Routes.Map("GET", "/big", async exchange =>
        {
            await exchange.WriteAsync(200, "text/plain", big);
            kept.SetResult(((PageExchange)exchange).KeepsConnection);
        });
        await StartAsync(new HttpServerOptions
        {
            ListenAddress = "127.0.0.1:0", DataRateGrace = TimeSpan.FromMilliseconds(500), MinBytesPerSecond = 1 << 24,
        });
        using TcpClient client = new() { ReceiveBufferSize = 4096 };
        await client.ConnectAsync("127.0.0.1", Address.Port, TestContext.Current.CancellationToken);

        await SendAsync(client, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.False(await kept.Task.WaitAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Stopping_lets_a_request_end_and_closes_idle_connections()
    {
        TaskCompletionSource began = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Routes.Map("GET", "/slow", async exchange =>
        {
            began.SetResult();
            await goOn.Task;
            await exchange.WriteTextAsync(200, "finished");
        });
        using PageServer server = NewServer(new HttpServerOptions { ListenAddress = "127.0.0.1:0" });
        await server.StartAsync(TestContext.Current.CancellationToken);
        using TcpClient idle = new("127.0.0.1", server.Port);
        using TcpClient busy = new("127.0.0.1", server.Port);
        await SendAsync(busy, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
        await began.Task.WaitAsync(TestContext.Current.CancellationToken);

        Task stopped = server.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", await RestAsync(idle));
        Assert.False(stopped.IsCompleted);
        goOn.SetResult();

        Assert.EndsWith("finished\n", await RestAsync(busy), StringComparison.Ordinal);
        await stopped;
    }

    [Fact]
    public async Task Stopping_waits_no_longer_than_the_drain_time_out()
    {
        CancellationToken aborted = default;
        TaskCompletionSource began = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Routes.Map("GET", "/stuck", async exchange =>
        {
            aborted = exchange.Aborted;
            began.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, exchange.Aborted);
        });
        using PageServer server = NewServer(
            new HttpServerOptions { ListenAddress = "127.0.0.1:0", DrainTimeout = TimeSpan.FromMilliseconds(50) });
        await server.StartAsync(TestContext.Current.CancellationToken);
        using TcpClient client = new("127.0.0.1", server.Port);
        await SendAsync(client, "GET /stuck HTTP/1.1\r\nHost: x\r\n\r\n");
        await began.Task.WaitAsync(TestContext.Current.CancellationToken);

        await server.StopAsync(TestContext.Current.CancellationToken);

        Assert.True(aborted.IsCancellationRequested);
    }

    [Fact]
    public async Task A_handler_that_says_nothing_ends_the_connection()
    {
        Routes.Map("GET", "/silent", _ => Task.CompletedTask);
        await StartAsync();

        string answer = await RawAsync("GET /silent HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 500 ", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-A", "b\r\nX-C: d")]
    [InlineData("X-A\r\nX-C", "d")]
    public async Task An_answer_cannot_be_given_further_fields_through_a_value(string name, string value)
    {
        Routes.Map("GET", "/page", exchange =>
        {
            exchange.SetHeader(name, value);
            return exchange.WriteTextAsync(200, "page");
        });
        await StartAsync();

        string answer = await RawAsync(Last);

        Assert.StartsWith("HTTP/1.1 500 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("X-C", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_requests_never_break_the_listener()
    {
        Gen gen = Gen.Create(20_261_122);
        byte[] request = Encoding.ASCII.GetBytes(
            "POST /page?a=%20b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nX-Y: z\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
        MapPage();
        await StartAsync(new HttpServerOptions
        {
            ListenAddress = "127.0.0.1:0", RequestHeadersTimeout = TimeSpan.FromSeconds(2), DataRateGrace = TimeSpan.FromSeconds(2),
        });
        for (int round = 0; round < 300; round++)
        {
            using TcpClient client = new("127.0.0.1", Address.Port);
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(gen.Mutate(request, 4), TestContext.Current.CancellationToken);
            client.Client.Shutdown(SocketShutdown.Send);
            using StreamReader reader = new(stream, Encoding.UTF8);
            string answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
            Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal), $"{gen}: {answer}");
            Assert.DoesNotContain("HTTP/1.1 500", answer, StringComparison.Ordinal);
        }

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await RawAsync(Last), StringComparison.Ordinal);
    }

    protected override IComponent Create(HttpServerOptions options) => NewServer(options);

    protected override Uri AddressOf(IComponent server) => ((PageServer)server).Address;

    protected override void MapReader(string path) =>
        Routes.Map("POST", path, exchange => exchange.WriteTextAsync(200, "read"));

    private PageServer NewServer(HttpServerOptions options) =>
        new("web", options, Routes, Metrics, NullLoggerFactory.Instance, TimeProvider.System);

    private void MapPage() => Routes.Map("GET,POST", "/page", exchange => exchange.WriteTextAsync(200, "page"));

    private static int CountOf(string part, string text) => text.Split(part).Length - 1;

    private static Task SendAsync(TcpClient client, string text) =>
        client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text), TestContext.Current.CancellationToken).AsTask();

    private static async Task<string> RestAsync(TcpClient client)
    {
        using StreamReader reader = new(client.GetStream(), Encoding.UTF8, leaveOpen: true);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
