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
    private Connections? _current;
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

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Version = _http2 ? HttpVersion.Version20 : HttpVersion.Version11;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        if (request.RequestUri is { } url)
        {
            AddCredentials(request, url);
        }

        Connections connections = Enter();
        try
        {
            return await connections.Client.SendAsync(request, cancellationToken);
        }
        finally
        {
            Leave(connections);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_currentLock)
            {
                Retire();
            }
        }

        base.Dispose(disposing);
    }

    /// <summary>The user of a proxy's address, and that of the URL itself unless the request says already who it is from.</summary>
    private void AddCredentials(HttpRequestMessage request, Uri url)
    {
        if (_proxy?.GetProxy(url) is { Scheme: "http" or "https" } proxy)
        {
            request.Headers.ProxyAuthorization = ConfigUrl.AuthorizationOf(proxy);
        }

        if (url.UserInfo.Length > 0 && !request.Headers.NonValidated.Contains("Authorization"))
        {
            request.Headers.Authorization = ConfigUrl.AuthorizationOf(url);
        }
    }

    private Connections Enter()
    {
        string stamp = Stamp();
        lock (_currentLock)
        {
            if (_current is null || stamp != _stamp)
            {
                Connections fresh = new(new HttpMessageInvoker(CreateSockets()));
                Retire();
                (_current, _stamp) = (fresh, stamp);
            }

            _current.Users++;
            return _current;
        }
    }

    private void Leave(Connections connections)
    {
        lock (_currentLock)
        {
            connections.Users--;
            connections.DisposeIfUnused();
        }
    }

    /// <summary>Those who are about to send still may; idle connections are closed once all of them have their answers.</summary>
    private void Retire()
    {
        if (_current is { } retired)
        {
            _current = null;
            retired.IsRetired = true;
            retired.DisposeIfUnused();
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

    /// <summary>Connections made with one state of the files, and how many requests are on their way over them.</summary>
    private sealed class Connections(HttpMessageInvoker client)
    {
        public HttpMessageInvoker Client { get; } = client;

        public int Users { get; set; }

        /// <summary>No request begins with these any more.</summary>
        public bool IsRetired { get; set; }

        public void DisposeIfUnused()
        {
            if (IsRetired && Users == 0)
            {
                Client.Dispose();
            }
        }
    }
}
