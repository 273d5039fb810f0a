using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace AmpEdge.Hosting;

/// <summary>
/// Opens the connections of a client that needs more than the platform's handler does by itself: another server name in
/// the handshake, a tunnel with its own headers through a proxy, or a choice among the addresses of a host.
/// </summary>
internal sealed class ServerConnector
{
    private readonly SslClientAuthenticationOptions _tls;
    private readonly string _serverName;
    private readonly HttpProxy? _proxy;
    private readonly IReadOnlyList<KeyValuePair<string, IReadOnlyList<Secret>>> _connectHeaders;
    private readonly AddressChoice? _choice;

    /// <summary>
    /// Set once a server chose HTTP/1.1 though it was offered HTTP/2. The handler then keeps to 1.1 for that server and
    /// must not be handed an HTTP/2 connection, which one of a mixed set of backends might agree to.
    /// </summary>
    private volatile bool _http11Only;

    public ServerConnector(
        SslClientAuthenticationOptions tls, string serverName, HttpProxy? proxy,
        IReadOnlyList<KeyValuePair<string, IReadOnlyList<Secret>>> connectHeaders, AddressChoice? choice)
    {
        _choice = choice;
        _tls = tls;
        _serverName = serverName;
        _proxy = proxy;
        _connectHeaders = connectHeaders;
    }

    /// <summary>A connection to the server, TLS established when its URL is https.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        Uri destination = context.InitialRequestMessage.RequestUri
            ?? throw new InvalidOperationException("the request has no URI");
        if (destination.Scheme != Uri.UriSchemeHttps)
        {
            return await OpenAsync(context.DnsEndPoint, cancel);
        }

        Stream stream = _proxy?.AddressFor(destination) is { } proxy
            ? await TunnelAsync(proxy, context.DnsEndPoint, cancel)
            : await OpenAsync(context.DnsEndPoint, cancel);
        bool offerHttp2 = context.InitialRequestMessage.Version.Major == 2 && !_http11Only;
        string name = _serverName.Length > 0 ? _serverName : destination.IdnHost;
        SslStream tls = await HandshakeAsync(stream, name, offerHttp2, cancel);
        if (offerHttp2 && tls.NegotiatedApplicationProtocol != SslApplicationProtocol.Http2)
        {
            _http11Only = true;
        }

        return tls;
    }

    private async Task<Stream> TunnelAsync(Uri proxy, DnsEndPoint server, CancellationToken cancel)
    {
        Stream stream = await OpenAsync(new DnsEndPoint(proxy.IdnHost, proxy.Port), cancel);
        if (proxy.Scheme == Uri.UriSchemeHttps)
        {
            stream = await HandshakeAsync(stream, proxy.IdnHost, offerHttp2: false, cancel);
        }

        try
        {
            await (proxy.Scheme == "socks5"
                ? SocksTunnel.OpenAsync(stream, proxy, server, cancel)
                : ProxyTunnel.OpenAsync(stream, proxy, server, _connectHeaders, cancel));
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private async Task<SslStream> HandshakeAsync(Stream stream, string serverName, bool offerHttp2, CancellationToken cancel)
    {
        SslStream tls = new(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(OptionsFor(serverName, offerHttp2), cancel);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    private SslClientAuthenticationOptions OptionsFor(string serverName, bool offerHttp2) => new()
    {
        TargetHost = serverName,
        ApplicationProtocols = offerHttp2
            ? [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11]
            : null,
        EnabledSslProtocols = _tls.EnabledSslProtocols,
        CertificateRevocationCheckMode = _tls.CertificateRevocationCheckMode,
        CertificateChainPolicy = _tls.CertificateChainPolicy,
        ClientCertificateContext = _tls.ClientCertificateContext,
        RemoteCertificateValidationCallback = _tls.RemoteCertificateValidationCallback,
    };

    private async Task<Stream> OpenAsync(DnsEndPoint endPoint, CancellationToken cancel)
    {
        EndPoint chosen = _choice is null ? endPoint : await _choice.ChooseAsync(endPoint, cancel);
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(chosen, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
