using System.Net;
using System.Net.Sockets;
using System.Text;
using AmpEdge.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Http;

public sealed class HttpServerTests : IAsyncLifetime
{
    private readonly RouteTable _routes = new();
    private readonly MetricRegistry _metrics = new();
    private readonly HttpClient _client = new();
    private HttpServer? _server;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_server is not null)
        {
            await _server.StopAsync(CancellationToken.None);
            _server.Dispose();
        }
    }

    [Fact]
    public async Task Port_zero_takes_a_free_port_and_reports_it()
    {
        HttpServer server = await StartAsync();

        Assert.NotEqual(0, server.Port);
        Assert.Equal($"http://127.0.0.1:{server.Port}/", server.Address.ToString());
    }

    [Fact]
    public async Task A_taken_port_is_a_start_failure_that_names_the_address()
    {
        HttpServer server = await StartAsync();
        using HttpServer second = Create(new HttpServerOptions { ListenAddress = $"127.0.0.1:{server.Port}" });

        StartFailedException failure = await Assert.ThrowsAsync<StartFailedException>(
            () => second.StartAsync(CancellationToken.None));

        Assert.Contains($"cannot listen on 127.0.0.1:{server.Port}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Path_values_are_decoded_and_the_raw_target_stays_as_sent()
    {
        _routes.Map("GET", "/ws/{id}/label/{name}/values", context =>
            context.WriteTextAsync(200, $"{context.RouteValue("id")}|{context.RouteValue("name")}|{context.RawTarget()}"));
        await StartAsync();

        string answer = await RawAsync("GET /ws/a%2Fb/label/%C3%A9+%20x/values?q=a%2fb+c&&d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.EndsWith(
            "a/b|é+ x|RequestTarget { RawPath = /ws/a%2Fb/label/%C3%A9+%20x/values, RawQuery = ?q=a%2fb+c&&d }\n",
            answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_path_is_404_and_names_it()
    {
        await StartAsync();

        using HttpResponseMessage response = await GetAsync("/nowhere");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("there is no page /nowhere here\n", await BodyAsync(response));
    }

    [Fact]
    public async Task A_wrong_method_is_405_and_lists_the_allowed_ones()
    {
        _routes.Map("GET,POST", "/query", context => context.WriteTextAsync(200, "ok"));
        await StartAsync();

        using HttpResponseMessage response = await _client.DeleteAsync(
            new Uri(_server!.Address, "/query"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal("GET, POST", string.Join(", ", response.Content.Headers.Allow));
        Assert.Equal("/query does not take DELETE (allowed: GET, POST)\n", await BodyAsync(response));
    }

    [Fact]
    public async Task A_handler_that_throws_is_a_500_without_details()
    {
        _routes.Map("GET", "/boom", _ => throw new InvalidOperationException("secret detail"));
        await StartAsync();

        using HttpResponseMessage response = await GetAsync("/boom");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.DoesNotContain("secret detail", await BodyAsync(response), StringComparison.Ordinal);

        // The request is counted when it is over, which is a moment after its caller has the answer.
        while (!Page().Contains("prometheus_http_requests_total{handler=\"/boom\",code=\"500\"} 1", StringComparison.Ordinal))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [Fact]
    public async Task A_body_above_the_limit_is_413()
    {
        _routes.Map("POST", "/write", async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            await context.WriteTextAsync(200, "read");
        });
        await StartAsync(new HttpServerOptions { ListenAddress = "127.0.0.1:0", MaxRequestBodyBytes = 1000 });
        using ByteArrayContent body = new(new byte[1001]);

        using HttpResponseMessage response = await _client.PostAsync(
            new Uri(_server!.Address, "/write"), body, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Header_fields_above_the_limit_are_431()
    {
        await StartAsync(new HttpServerOptions { ListenAddress = "127.0.0.1:0", MaxRequestHeaderBytes = 2000 });

        string answer = await RawAsync($"GET / HTTP/1.1\r\nHost: x\r\nX-Big: {new string('a', 3000)}\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 431 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_line_above_the_limit_is_414()
    {
        await StartAsync(new HttpServerOptions { ListenAddress = "127.0.0.1:0", MaxRequestLineBytes = 1000 });

        string answer = await RawAsync($"GET /{new string('a', 1500)} HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 414 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_never_ends_its_headers_is_cut_off()
    {
        await StartAsync(new HttpServerOptions
        {
            ListenAddress = "127.0.0.1:0",
            RequestHeadersTimeout = TimeSpan.FromMilliseconds(500),
        });

        string answer = await RawAsync("GET / HTTP/1.1\r\nHost: x\r\n");

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_drips_its_body_is_cut_off()
    {
        _routes.Map("POST", "/write", async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            await context.WriteTextAsync(200, "read");
        });
        // Kestrel wants the grace above its heartbeat of a second.
        await StartAsync(new HttpServerOptions { ListenAddress = "127.0.0.1:0", DataRateGrace = TimeSpan.FromSeconds(1.1) });

        string answer = await RawAsync("POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc");

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_never_takes_its_answer_is_cut_off()
    {
        TaskCompletionSource cutOff = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _routes.Map("GET", "/big", async context =>
        {
            context.RequestAborted.Register(cutOff.SetResult);
            byte[] part = new byte[1 << 16];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(part, context.RequestAborted);
            }
        });
        // What is waiting at once is several parts, and each may take its size divided by the rate.
        await StartAsync(new HttpServerOptions
        {
            ListenAddress = "127.0.0.1:0", DataRateGrace = TimeSpan.FromSeconds(1.1), MinBytesPerSecond = 1 << 24,
        });
        using TcpClient client = new() { ReceiveBufferSize = 4096 };
        await client.ConnectAsync("127.0.0.1", _server!.Port, TestContext.Current.CancellationToken);

        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes("GET /big HTTP/1.1\r\nHost: x\r\n\r\n"), TestContext.Current.CancellationToken);

        await cutOff.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_idle_connection_is_closed()
    {
        await StartAsync(new HttpServerOptions { ListenAddress = "127.0.0.1:0", KeepAliveTimeout = TimeSpan.FromMilliseconds(500) });

        string answer = await RawAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 404 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_above_the_limit_are_closed()
    {
        await StartAsync(new HttpServerOptions { ListenAddress = "127.0.0.1:0", MaxConnections = 1 });
        using TcpClient first = new("127.0.0.1", _server!.Port);
        await first.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), TestContext.Current.CancellationToken);
        int answered = await first.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken);

        using TcpClient second = new("127.0.0.1", _server.Port);
        int read = await second.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken);

        Assert.Equal(1, answered);
        Assert.Equal(0, read);
    }

    [Fact]
    public async Task Requests_of_one_connection_do_not_see_each_others_values()
    {
        _routes.Map("GET", "/a/{one}", context => context.WriteTextAsync(200, context.RouteValue("one")));
        _routes.Map("GET", "/b", context =>
            context.WriteTextAsync(200, context.Request.RouteValues.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        await StartAsync();

        string answer = await RawAsync(
            "GET /a/1 HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.EndsWith("\r\n0\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Head_answers_like_get_without_a_body()
    {
        _routes.Map("GET", "/page", context => context.WriteTextAsync(200, "hello"));
        await StartAsync();

        string answer = await RawAsync("HEAD /page HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Length: 6\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    private async Task<HttpServer> StartAsync(HttpServerOptions? options = null)
    {
        _server = Create(options ?? new HttpServerOptions { ListenAddress = "127.0.0.1:0" });
        await _server.StartAsync(TestContext.Current.CancellationToken);
        return _server;
    }

    private HttpServer Create(HttpServerOptions options) =>
        new("web", options, _routes, _metrics, NullLoggerFactory.Instance, TimeProvider.System);

    private Task<HttpResponseMessage> GetAsync(string path) =>
        _client.GetAsync(new Uri(_server!.Address, path), TestContext.Current.CancellationToken);

    private static Task<string> BodyAsync(HttpResponseMessage response) =>
        response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    private string Page()
    {
        System.Buffers.ArrayBufferWriter<byte> page = new();
        _metrics.WriteTo(page, AmpEdge.Prometheus.ExpositionFormat.Text004);
        return Encoding.UTF8.GetString(page.WrittenSpan);
    }

    /// <summary>Sends bytes as they are and reads until the server closes.</summary>
    private async Task<string> RawAsync(string request)
    {
        using TcpClient client = new("127.0.0.1", _server!.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        using StreamReader reader = new(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
