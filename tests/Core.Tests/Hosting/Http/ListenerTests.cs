using System.Net;
using System.Net.Sockets;
using System.Text;
using AmpEdge.Hosting;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Http;

/// <summary>What both listeners promise: routing, limits, time-outs. Each test runs against each of them.</summary>
public abstract class ListenerTests : IAsyncLifetime
{
    private readonly HttpClient _client = new();
    private IComponent? _server;

    protected RouteTable Routes { get; } = new();

    protected MetricRegistry Metrics { get; } = new();

    /// <summary>Where the started listener listens.</summary>
    protected Uri Address { get; private set; } = new("http://localhost");

    protected abstract IComponent Create(HttpServerOptions options);

    protected abstract Uri AddressOf(IComponent server);

    /// <summary>Maps a path that answers <c>read</c> when the whole body of a POST has come.</summary>
    protected abstract void MapReader(string path);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _client.Dispose();
        if (_server is not null)
        {
            await _server.StopAsync(CancellationToken.None);
            (_server as IDisposable)?.Dispose();
        }
    }

    [Fact]
    public async Task Port_zero_takes_a_free_port_and_reports_it()
    {
        await StartAsync();

        Assert.NotEqual(0, Address.Port);
        Assert.Equal($"http://127.0.0.1:{Address.Port}/", Address.ToString());
    }

    [Fact]
    public async Task A_taken_port_is_a_start_failure_that_names_the_address()
    {
        await StartAsync();
        IComponent second = Create(new HttpServerOptions { ListenAddress = $"127.0.0.1:{Address.Port}" });

        StartFailedException failure = await Assert.ThrowsAsync<StartFailedException>(
            () => second.StartAsync(CancellationToken.None));
        (second as IDisposable)?.Dispose();

        Assert.Contains($"cannot listen on 127.0.0.1:{Address.Port}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Path_values_are_decoded_and_the_raw_target_stays_as_sent()
    {
        Routes.Map("GET", "/ws/{id}/label/{name}/values", exchange =>
            exchange.WriteTextAsync(200, $"{exchange.RouteValue("id")}|{exchange.RouteValue("name")}|{exchange.Target}"));
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
        Routes.Map("GET,POST", "/query", exchange => exchange.WriteTextAsync(200, "ok"));
        await StartAsync();

        using HttpResponseMessage response = await _client.DeleteAsync(
            new Uri(Address, "/query"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal("GET, POST", string.Join(", ", response.Content.Headers.Allow));
        Assert.Equal("/query does not take DELETE (allowed: GET, POST)\n", await BodyAsync(response));
    }

    [Fact]
    public async Task A_handler_that_throws_is_a_500_without_details()
    {
        Routes.Map("GET", "/boom", _ => throw new InvalidOperationException("secret detail"));
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
        MapReader("/write");
        await StartAsync(new HttpServerOptions { ListenAddress = "127.0.0.1:0", MaxRequestBodyBytes = 1000 });
        using ByteArrayContent body = new(new byte[1001]);

        using HttpResponseMessage response = await _client.PostAsync(
            new Uri(Address, "/write"), body, TestContext.Current.CancellationToken);

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
        MapReader("/write");
        // Kestrel wants the grace above its heartbeat of a second.
        await StartAsync(new HttpServerOptions { ListenAddress = "127.0.0.1:0", DataRateGrace = TimeSpan.FromSeconds(1.1) });

        string answer = await RawAsync("POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc");

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
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
        using TcpClient first = new("127.0.0.1", Address.Port);
        await first.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), TestContext.Current.CancellationToken);
        int answered = await first.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken);

        using TcpClient second = new("127.0.0.1", Address.Port);
        int read = await second.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken);

        Assert.Equal(1, answered);
        Assert.Equal(0, read);
    }

    [Fact]
    public async Task Head_answers_like_get_without_a_body()
    {
        Routes.Map("GET", "/page", exchange => exchange.WriteTextAsync(200, "hello"));
        await StartAsync();

        string answer = await RawAsync("HEAD /page HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Length: 6\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callers_wait_in_the_backlog_while_too_few_file_descriptors_are_left()
    {
        const int Limit = 1000;
        int open = Limit;
        int looks = 0;
        TaskCompletionSource lookedAgain = new();
        FileDescriptors descriptors = new(Limit, Look, TimeProvider.System);
        Routes.Map("GET", "/page", exchange => exchange.WriteTextAsync(200, "ok"));
        await StartAsync(new HttpServerOptions { ListenAddress = "127.0.0.1:0", Descriptors = descriptors });

        using Socket waiting = new(SocketType.Stream, ProtocolType.Tcp);
        await waiting.ConnectAsync(Address.Host, Address.Port, TestContext.Current.CancellationToken);
        await waiting.SendAsync(
            "GET /page HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await lookedAgain.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(0, waiting.Available);
        Volatile.Write(ref open, 10);

        await using NetworkStream stream = new(waiting);
        using StreamReader reader = new(stream);
        Assert.Equal("HTTP/1.1 200 OK", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Matches("\nprometheus_http_accept_failures_total [1-9]", Page());

        int Look()
        {
            if (++looks == 3)
            {
                lookedAgain.SetResult();
            }

            return Volatile.Read(ref open);
        }
    }

    [Fact]
    public async Task A_listener_without_file_descriptors_stops_at_once()
    {
        FileDescriptors descriptors = new(1000, static () => 1000, TimeProvider.System);
        await StartAsync(new HttpServerOptions { ListenAddress = "127.0.0.1:0", Descriptors = descriptors });

        await StopAsync().WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
    }

    protected async Task StartAsync(HttpServerOptions? options = null)
    {
        _server = Create(options ?? new HttpServerOptions { ListenAddress = "127.0.0.1:0" });
        await _server.StartAsync(TestContext.Current.CancellationToken);
        Address = AddressOf(_server);
    }

    private Task StopAsync() => _server?.StopAsync(CancellationToken.None) ?? Task.CompletedTask;

    private Task<HttpResponseMessage> GetAsync(string path) =>
        _client.GetAsync(new Uri(Address, path), TestContext.Current.CancellationToken);

    private static Task<string> BodyAsync(HttpResponseMessage response) =>
        response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    /// <summary>The metrics now, as text.</summary>
    protected string Page()
    {
        System.Buffers.ArrayBufferWriter<byte> page = new();
        Metrics.WriteTo(page, AmpEdge.Prometheus.ExpositionFormat.Text004);
        return Encoding.UTF8.GetString(page.WrittenSpan);
    }

    /// <summary>Sends bytes as they are and reads until the server closes.</summary>
    protected async Task<string> RawAsync(string request)
    {
        using TcpClient client = new("127.0.0.1", Address.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        using StreamReader reader = new(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
