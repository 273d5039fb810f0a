using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using AmpEdge.Proxy.Config;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Yarp.ReverseProxy.Forwarder;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>YARP's forwarder with its connections to upstreams.</summary>
internal sealed class UpstreamClient : IDisposable
{
    // Long enough to keep TLS sessions warm, short enough to follow a DNS change.
    private static readonly TimeSpan s_connectionLifetime = TimeSpan.FromMinutes(10);
    private const int MaxResponseHeadersKiB = 64;

    private readonly ServiceProvider _services;
    private readonly IHttpForwarder _forwarder;
    private readonly HttpMessageInvoker _connections;
    private readonly ForwarderRequestConfig _requestConfig;

    public UpstreamClient(ProxyOptions options, TimeProvider time)
    {
        // YARP builds its forwarder through a service collection; nothing else lives in this one. Its own log lines
        // repeat what ForwardEndpoint says with the reason, so they go nowhere.
        ServiceCollection services = new();
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton(time);
        services.AddHttpForwarder();
        _services = services.BuildServiceProvider();
        _forwarder = _services.GetRequiredService<IHttpForwarder>();
        _connections = new HttpMessageInvoker(CreateHandler(options), disposeHandler: true);
        _requestConfig = new ForwarderRequestConfig
        {
            ActivityTimeout = options.UpstreamTimeout,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
    }

    /// <summary>Forwards one request; the answer streams to the caller as it comes.</summary>
    public ValueTask<ForwarderError> SendAsync(HttpContext context, SigningTransformer transformer) =>
        _forwarder.SendAsync(context, transformer.Upstream.Origin, _connections, _requestConfig, transformer);

    public void Dispose()
    {
        _connections.Dispose();
        _services.Dispose();
    }

    [SuppressMessage(
        "Security",
        "CA5359:Do Not Disable Certificate Validation",
        Justification = "Only for --no-verify-ssl together with --unsafe-no-verify-ssl.")]
    private static SocketsHttpHandler CreateHandler(ProxyOptions options)
    {
        SocketsHttpHandler handler = new()
        {
            // HTTPS_PROXY and NO_PROXY are honoured, as aws-sigv4-proxy does.
            UseProxy = true,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionIdleTimeout = options.IdleConnectionTimeout,
            PooledConnectionLifetime = s_connectionLifetime,
            MaxResponseHeadersLength = MaxResponseHeadersKiB,
            // What a caller's header says in UTF-8 goes out as the bytes that came in, which are those that were signed.
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        };
        if (!options.VerifyTls)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        }

        return handler;
    }
}
