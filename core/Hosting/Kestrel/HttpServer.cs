using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AmpEdge.Hosting;

/// <summary>
/// One HTTP listener for programs that stream: Kestrel, built by hand, in front of a <see cref="RouteTable"/>. Where only pages
/// and small answers are served, <see cref="PageServer"/> costs a process a fifth of its idle memory less.
/// </summary>
/// <remarks>docs/decisions/0001-kestrel-by-hand.md says why there is no web host around it.</remarks>
public sealed class HttpServer : IComponent, IDisposable
{
    private const int MinReadAheadBytes = 256 << 10;

    private readonly KestrelServer _kestrel;

    /// <summary>Where Kestrel's TLS looks for what it needs; null without TLS.</summary>
    private readonly ServiceProvider? _services;
    private readonly KestrelApplication _application;
    private readonly HttpServerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    /// <param name="name">For logs and metrics: <c>web</c>, <c>management</c>, …</param>
    /// <param name="options">Address and limits.</param>
    /// <param name="routes">What is served; must be complete before the start.</param>
    /// <param name="metrics">Takes requests, durations and connections.</param>
    /// <param name="loggers">Kestrel logs through it too.</param>
    /// <param name="time">The clock of durations and of the drain.</param>
    public HttpServer(
        string name, HttpServerOptions options, RouteTable routes, MetricRegistry metrics, ILoggerFactory loggers,
        TimeProvider time)
    {
        Name = name;
        _options = options;
        _time = time;
        _log = loggers.CreateLogger<HttpServer>();
        HttpMetrics own = new(metrics, options.MetricPrefix);
        _application = new KestrelApplication(new RequestPipeline(routes, own, _log, time));
        KestrelServerOptions kestrel = KestrelLimits(options);
        if (options.Tls is not null)
        {
            _services = KestrelServices.Create(loggers);
            kestrel.ApplicationServices = _services;
        }

        if (options.UnixSocket is { } unixSocket)
        {
            kestrel.ListenUnixSocket(unixSocket.Path, Configure);
        }
        else
        {
            foreach (IPEndPoint endPoint in ListenAddress.Parse(options.ListenAddress).EndPoints)
            {
                kestrel.Listen(endPoint, Configure);
            }
        }

        _kestrel = new KestrelServer(
            Options.Create(kestrel),
            new SocketListenerFactory(new SocketTransportSettings
            {
                Server = name,
                UnixSocket = options.UnixSocket,
                InlineHandlers = options.InlineHandlers,
                MaxReadAheadBytes = Math.Max(MinReadAheadBytes, options.MaxRequestLineBytes + options.MaxRequestHeaderBytes),
                Gate = new AcceptGate(name, options, own.AcceptFailures, _log, time),
                Log = _log,
            }),
            loggers);
    }

    public string Name { get; }

    /// <summary>The port that is listened on; 0 before the start and for a socket in the file system.</summary>
    public int Port { get; private set; }

    /// <summary>The address that a client on this machine can use, such as <c>http://127.0.0.1:9090</c>.</summary>
    public Uri Address { get; private set; } = new("http://localhost");

    /// <summary>Binds and begins to answer.</summary>
    /// <exception cref="StartFailedException">The address is in use or not one of this machine.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        try
        {
            await _kestrel.StartAsync(_application, cancel);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            throw ListenAddress.CannotListen(_options.UnixSocket?.Path ?? _options.ListenAddress, error);
        }

        if (_options.UnixSocket is { } unixSocket)
        {
            HttpLog.ListeningOnSocket(_log, Name, unixSocket.Path);
            return;
        }

        string bound = FirstAddress();
        Address = new Uri(bound.Replace("[::]", "localhost", StringComparison.Ordinal)
            .Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));
        Port = Address.Port;
        HttpLog.Listening(_log, Name, Address);
    }

    /// <summary>Stops accepting, lets running requests end within the drain time-out, then closes.</summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        using CancellationTokenSource drain = new(_options.DrainTimeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel, drain.Token);
        await _kestrel.StopAsync(either.Token);
    }

    public void Dispose()
    {
        _kestrel.Dispose();
        _services?.Dispose();
    }

    private void Configure(ListenOptions listen)
    {
        listen.Protocols = _options.Http2 ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
        if (_options.Tls is { } tls)
        {
            listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(tls()) });
        }
    }

    private string FirstAddress()
    {
        foreach (string address in _kestrel.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        {
            return address;
        }

        throw new InvalidOperationException($"{Name} listens on nothing");
    }

    private static KestrelServerOptions KestrelLimits(HttpServerOptions options)
    {
        KestrelServerOptions kestrel = new()
        {
            AddServerHeader = false,
            // Handlers that stream write through the pipe; synchronous calls would hold a thread per slow client.
            AllowSynchronousIO = false,
            // One byte a character, as the HTTP client reads headers: what a proxy passes on keeps its bytes.
            ResponseHeaderEncodingSelector = static _ => Encoding.Latin1,
        };
        KestrelServerLimits limits = kestrel.Limits;
        limits.MaxConcurrentConnections = options.MaxConnections;
        limits.MaxConcurrentUpgradedConnections = options.MaxConnections;
        limits.MaxRequestBodySize = options.MaxRequestBodyBytes;
        limits.MaxRequestLineSize = options.MaxRequestLineBytes;
        limits.MaxRequestHeadersTotalSize = options.MaxRequestHeaderBytes;
        limits.MaxRequestHeaderCount = options.MaxRequestHeaderCount;
        limits.MaxRequestBufferSize = Math.Max(1 << 20, options.MaxRequestLineBytes);
        limits.RequestHeadersTimeout = options.RequestHeadersTimeout;
        limits.KeepAliveTimeout = options.KeepAliveTimeout;
        limits.MinRequestBodyDataRate = new MinDataRate(options.MinBytesPerSecond, options.DataRateGrace);
        limits.MinResponseDataRate = new MinDataRate(options.MinBytesPerSecond, options.DataRateGrace);
        return kestrel;
    }
}
