using System.Net;

namespace AmpEdge.Hosting;

/// <summary>
/// The innermost handler. Looks at the certificate and key files before each request and begins anew, with fresh
/// connections, when one has changed: certificates are rotated under running programs.
/// </summary>
internal sealed class HttpTransport : HttpMessageHandler
{
    private readonly Lock _currentLock = new();
    private readonly TlsConfig _tls;
    private readonly ProxyConfig _proxy;
    private readonly bool _http2;
    private readonly HttpTransportLimits _limits;
    private readonly string[] _files;
    private HttpMessageInvoker? _current;
    private string _stamp = "";

    public HttpTransport(TlsConfig tls, ProxyConfig proxy, bool http2, HttpTransportLimits limits)
    {
        _tls = tls;
        _proxy = proxy;
        _http2 = http2;
        _limits = limits;
        _files = [tls.CaFile, tls.CertFile, tls.KeyFile];
    }

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Version = _http2 ? HttpVersion.Version20 : HttpVersion.Version11;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
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
        IWebProxy? proxy = HttpProxy.From(_proxy);
        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            Proxy = proxy,
            UseProxy = proxy is not null,
            ActivityHeadersPropagator = null,
            MaxConnectionsPerServer = _limits.MaxConnectionsPerServer,
            ConnectTimeout = _limits.ConnectTimeout,
            PooledConnectionIdleTimeout = _limits.IdleTimeout,
            SslOptions = TlsClientOptions.From(_tls),
        };
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
