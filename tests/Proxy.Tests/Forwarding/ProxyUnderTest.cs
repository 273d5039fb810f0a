using System.Net.Sockets;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Proxy.AccessLog;
using AmpEdge.Proxy.Caching;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Credentials;
using AmpEdge.Proxy.FanOut;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.Proxy.Routing;
using AmpEdge.Proxy.Usage;
using AmpEdge.Proxy.WriteFiltering;
using AmpEdge.SigV4;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Proxy.Tests.Forwarding;

/// <summary>The forwarding half of the proxy on a free port, its upstream, and a client.</summary>
internal sealed class ProxyUnderTest : IAsyncDisposable
{
    private readonly MemoryStream _log = new();
    private readonly LineLoggerFactory _loggers;
    private readonly MetricRegistry _metrics = new();
    private readonly ResponseForwarder _forwarder = new(TimeProvider.System);
    private readonly CurrentRoutes _routes;
    private readonly RouteSetBuilder _builder;
    private readonly LoopGuard _loops = new(Guid.NewGuid().ToString("N"));
    private readonly VirtualWorkspaceBuilder _virtualWorkspaces;
    private readonly AccessLogger _accessLog;
    private readonly HttpServer _server;

    private ProxyUnderTest(
        ScriptedUpstream upstream, ProxyConfig config, ProxySettings settings, TimeProvider? signingTime, LogLevel level,
        UsageObserver? usage)
    {
        Upstream = upstream;
        _loggers = new LineLoggerFactory(_log, LogFormat.Logfmt, level, TimeProvider.System);
        _virtualWorkspaces = new VirtualWorkspaceBuilder(settings.MaxBufferedBytes, _metrics, _loops, TimeProvider.System);
        _builder = new RouteSetBuilder(
            (_, _) => new RouteCredentials(() => Credentials, (refused, cancel) => ReplaceCredentials(refused, cancel)),
            _virtualWorkspaces,
            () => "us-east-1",
            new SigningClocks(_metrics, _loggers.CreateLogger("proxy"), signingTime ?? TimeProvider.System),
            _loggers.CreateLogger("routes"),
            TimeProvider.System,
            new Random(1))
        {
            Caches = new ReadCaches(_metrics, settings.MaxBufferedBytes, signingTime ?? TimeProvider.System),
            WriteFilters = new WriteFilterMetrics(_metrics),
        };
        _routes = new CurrentRoutes(_builder.Build(config));
        _accessLog = new AccessLogger(
            config.AccessLog, _metrics, TimeProvider.System, new Random(1), _loggers.CreateLogger("access log"));
        ForwardEndpoint endpoint = CreateEndpoint(settings, usage);
        RouteTable routes = new();
        routes.Map("*", "/{*}", (context, target) => endpoint.AnswerAsync(context, target, "default"));
        HttpServerOptions server = new()
        {
            ListenAddress = "127.0.0.1:0",
            RequestHeadersTimeout = TimeSpan.FromSeconds(1),
            MetricPrefix = "ampedge_proxy",
            InlineHandlers = true,
        };
        _server = new HttpServer("proxy", server, routes, _metrics, _loggers, TimeProvider.System);
    }

    public ScriptedUpstream Upstream { get; }

    public HttpClient Client { get; } = new(new SocketsHttpHandler { UseProxy = false });

    public CredentialAnswer Credentials { get; set; } = new(ScriptedUpstream.Credentials, "");

    /// <summary>What is found in place of refused credentials; by default nothing.</summary>
    public Func<AwsCredentials, CancellationToken, ValueTask<AwsCredentials?>> ReplaceCredentials { get; set; } =
        static (_, _) => ValueTask.FromResult<AwsCredentials?>(null);

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

    /// <summary>Starts both with one route; it leads to the upstream unless <paramref name="host"/> says otherwise.</summary>
    public static async Task<ProxyUnderTest> StartAsync(
        RouteConfig? route = null, ProxySettings? settings = null, string? host = null, string scheme = "http",
        TimeProvider? signingTime = null, LogLevel level = LogLevel.Debug)
    {
        ScriptedUpstream upstream = new();
        await upstream.StartAsync();
        route ??= new RouteConfig();
        route = route with
        {
            Upstream = route.Upstream with { Host = host ?? $"127.0.0.1:{upstream.Port}", Scheme = scheme },
        };
        return await StartAsync(upstream, new ProxyConfig { Routes = [route] }, settings, signingTime, level);
    }

    /// <summary>Starts with a configuration file, in which <c>UPSTREAM</c> stands for the upstream's address.</summary>
    public static async Task<ProxyUnderTest> StartWithFileAsync(
        string yaml, ProxySettings? settings = null, UsageObserver? usage = null)
    {
        ScriptedUpstream upstream = new();
        await upstream.StartAsync();
        return await StartAsync(upstream, Parse(upstream, yaml), settings, usage: usage);
    }

    /// <summary>Starts without a host: the Host header decides.</summary>
    public static async Task<ProxyUnderTest> StartOpenAsync()
    {
        RouteConfig route = new() { Upstream = new UpstreamConfig { Scheme = "http" } };
        ScriptedUpstream upstream = new();
        await upstream.StartAsync();
        return await StartAsync(upstream, new ProxyConfig { Routes = [route] }, null);
    }

    /// <summary>Puts another configuration in force.</summary>
    public void Reload(string yaml) => _routes.Replace(_builder.Build(Parse(Upstream, yaml)));

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
        await _routes.StopAsync(CancellationToken.None);
        _forwarder.Dispose();
        await _accessLog.File.StopAsync(CancellationToken.None);
        _virtualWorkspaces.Dispose();
        _loggers.Dispose();
        await _log.DisposeAsync();
    }

    private static async Task<ProxyUnderTest> StartAsync(
        ScriptedUpstream upstream, ProxyConfig config, ProxySettings? settings, TimeProvider? signingTime = null,
        LogLevel level = LogLevel.Debug, UsageObserver? usage = null)
    {
        ProxyUnderTest proxy = new(upstream, config, settings ?? new ProxySettings(), signingTime, level, usage);
        await proxy._accessLog.File.StartAsync(CancellationToken.None);
        await proxy._server.StartAsync(CancellationToken.None);
        return proxy;
    }

    private static ProxyConfig Parse(ScriptedUpstream upstream, string yaml)
    {
        string text = yaml.Replace("UPSTREAM", $"http://127.0.0.1:{upstream.Port}", StringComparison.Ordinal);
        ConfigResult<ProxyConfig> parsed = ProxyConfigLoader.Parse("proxy.yml", text, "127.0.0.1:1");
        return parsed.Config ?? throw new InvalidOperationException(string.Join('\n', parsed.Problems));
    }

    private ForwardEndpoint CreateEndpoint(ProxySettings settings, UsageObserver? usage)
    {
        BodyBudget budget = new(settings.MaxBufferedBytes);
        ForwardMetrics metrics = new(_metrics, budget);
        ILogger log = _loggers.CreateLogger("proxy");
        UpstreamCall upstream = new(settings, _forwarder, _loops, metrics, log, TimeProvider.System, usage);
        RequestJournal journal = new(new RouteTraffic(_metrics), _accessLog, TimeProvider.System);
        StopNotice stop = new(new Readiness(), TimeProvider.System);
        return new ForwardEndpoint(_routes, new RequestAdmission(_loops), budget, upstream, metrics, journal, stop, log);
    }
}
