using System.Net.Sockets;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Forwarding;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Proxy.Tests.Forwarding;

/// <summary>The forwarding half of the proxy on a free port, its upstream, and a client.</summary>
internal sealed class ProxyUnderTest : IAsyncDisposable
{
    private readonly MemoryStream _log = new();
    private readonly LineLoggerFactory _loggers;
    private readonly MetricRegistry _metrics = new();
    private readonly UpstreamClient _connections;
    private readonly HttpServer _server;

    private ProxyUnderTest(ScriptedUpstream upstream, ProxyOptions options)
    {
        Upstream = upstream;
        _loggers = new LineLoggerFactory(_log, LogFormat.Logfmt, LogLevel.Debug, TimeProvider.System);
        _connections = new UpstreamClient(options, TimeProvider.System);
        ForwardEndpoint endpoint = new(
            options,
            new UpstreamResolver(options, () => "us-east-1", TimeProvider.System),
            () => Credentials,
            _connections,
            _metrics,
            _loggers.CreateLogger("proxy"),
            TimeProvider.System);
        RouteTable routes = new();
        routes.Map("*", "/{*path}", endpoint.AnswerAsync);
        HttpServerOptions server = new()
        {
            ListenAddress = "127.0.0.1:0",
            MaxRequestBodyBytes = options.MaxRequestBodyBytes,
            RequestHeadersTimeout = TimeSpan.FromSeconds(1),
            MetricPrefix = "ampedge_proxy",
        };
        _server = new HttpServer("proxy", server, routes, _metrics, _loggers, TimeProvider.System);
    }

    public ScriptedUpstream Upstream { get; }

    public HttpClient Client { get; } = new(new SocketsHttpHandler { UseProxy = false });

    public CredentialAnswer Credentials { get; set; } = new(ScriptedUpstream.Credentials, "");

    public Uri Address => _server.Address;

    public string Log
    {
        get
        {
            lock (_log)
            {
                return Encoding.UTF8.GetString(_log.ToArray());
            }
        }
    }

    /// <summary>Starts both; the options' host is set to the upstream unless <paramref name="host"/> says otherwise.</summary>
    public static async Task<ProxyUnderTest> StartAsync(
        ProxyOptions? options = null, string? host = null, string scheme = "http")
    {
        ScriptedUpstream upstream = new();
        await upstream.StartAsync();
        ProxyUnderTest proxy = new(
            upstream,
            (options ?? new ProxyOptions()) with { Host = host ?? $"127.0.0.1:{upstream.Port}", Scheme = scheme });
        await proxy._server.StartAsync(CancellationToken.None);
        return proxy;
    }

    /// <summary>Starts without a host: the Host header decides.</summary>
    public static async Task<ProxyUnderTest> StartOpenAsync()
    {
        ProxyUnderTest proxy = new(new ScriptedUpstream(), new ProxyOptions { Scheme = "http" });
        await proxy.Upstream.StartAsync();
        await proxy._server.StartAsync(CancellationToken.None);
        return proxy;
    }

    /// <summary>Sends bytes as they are and returns all that comes back until the connection ends.</summary>
    public async Task<string> SendRawAsync(params string[] parts)
    {
        using TcpClient connection = new();
        await connection.ConnectAsync("127.0.0.1", _server.Port);
        await using NetworkStream stream = connection.GetStream();
        foreach (string part in parts)
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(part));
        }

        using StreamReader reader = new(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }

    public string Metrics()
    {
        System.Buffers.ArrayBufferWriter<byte> page = new();
        _metrics.WriteTo(page, AmpEdge.Prometheus.ExpositionFormat.Text004);
        return Encoding.UTF8.GetString(page.WrittenSpan);
    }

    public Task StopServerAsync() => _server.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.StopAsync(new CancellationToken(canceled: true));
        await Upstream.DisposeAsync();
        _server.Dispose();
        _connections.Dispose();
        _loggers.Dispose();
        await _log.DisposeAsync();
    }
}
