using System.Net;
using System.Net.Security;

namespace AmpEdge.Hosting;

/// <summary>
/// The innermost handler. Looks at the certificate and key files before each request and begins anew, with fresh
/// connections, when one has changed: certificates are rotated under running programs.
/// </summary>
internal sealed class HttpTransport : HttpMessageHandler
{
    private readonly Lock _currentLock = new();
    private readonly TlsConfig _tls;
    private readonly HttpProxy? _proxy;
    private readonly IReadOnlyList<KeyValuePair<string, IReadOnlyList<Secret>>> _connectHeaders;
    private readonly bool _http2;
    private readonly HttpTransportLimits _limits;
    private readonly string[] _files;
    private HttpMessageInvoker? _current;
    private string _stamp = "";

    public HttpTransport(TlsConfig tls, ProxyConfig proxy, bool http2, HttpTransportLimits limits)
    {
        _tls = tls;
        _proxy = HttpProxy.From(proxy, Environment.GetEnvironmentVariable);
        _connectHeaders = proxy.ConnectHeaders;
        _http2 = http2;
        _limits = limits;
        _files = tls.Files;
    }

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Version = _http2 ? HttpVersion.Version20 : HttpVersion.Version11;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        if (request.RequestUri is { } url && _proxy?.GetProxy(url) is { Scheme: "http" or "https" } proxy)
        {
            request.Headers.ProxyAuthorization = HttpProxy.AuthorizationFor(proxy);
        }

        return Current().SendAsync(request, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_currentLock)
            {
                _current?.Dispose();
                _current = null;
            }
        }

        base.Dispose(disposing);
    }

    private HttpMessageInvoker Current()
    {
        string stamp = Stamp();
        lock (_currentLock)
        {
            if (_current is { } current && stamp == _stamp)
            {
                return current;
            }

            HttpMessageInvoker fresh = new(CreateSockets());
            // Connections in use end with their requests; only idle ones are closed here.
            _current?.Dispose();
            (_current, _stamp) = (fresh, stamp);
            return fresh;
        }
    }

    private SocketsHttpHandler CreateSockets()
    {
        SslClientAuthenticationOptions tls = TlsClientOptions.From(_tls);
        SocketsHttpHandler sockets = new()
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            Proxy = _proxy,
            UseProxy = _proxy is not null,
            ActivityHeadersPropagator = null,
            MaxConnectionsPerServer = _limits.MaxConnectionsPerServer,
            ConnectTimeout = _limits.ConnectTimeout,
            PooledConnectionIdleTimeout = _limits.IdleTimeout,

            // All requests to a server share one HTTP/2 connection: without pings one that died unnoticed would take
            // every request with it until TCP gives up, a quarter of an hour later.
            KeepAlivePingDelay = _limits.PingDelay,
            KeepAlivePingTimeout = _limits.PingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            SslOptions = tls,
        };
        if (_proxy is not null || _tls.ServerName.Length > 0 || _limits.RoundRobinDns)
        {
            AddressChoice? choice = _limits.RoundRobinDns ? _limits.AddressChoice : null;
            sockets.ConnectCallback = new ServerConnector(tls, _tls.ServerName, _proxy, _connectHeaders, choice).ConnectAsync;
        }

        return sockets;
    }

    private string Stamp()
    {
        string stamp = "";
        foreach (string file in _files)
        {
            if (file.Length > 0)
            {
                FileInfo found = new(file);
                stamp += found.Exists ? $"{found.LastWriteTimeUtc.Ticks}:{found.Length};" : "absent;";
            }
        }

        return stamp;
    }
}
