using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>Connections to upstreams, kept for reuse.</summary>
internal sealed class UpstreamConnections : IDisposable
{
    // Long enough to keep TLS sessions warm, short enough to follow a DNS change.
    private static readonly TimeSpan s_connectionLifetime = TimeSpan.FromMinutes(10);
    private const int MaxResponseHeadersKiB = 64;

    public UpstreamConnections(ConnectionConfig config) =>
        Client = new HttpMessageInvoker(CreateHandler(config), disposeHandler: true);

    public HttpMessageInvoker Client { get; }

    public void Dispose() => Client.Dispose();

    [SuppressMessage(
        "Security",
        "CA5359:Do Not Disable Certificate Validation",
        Justification = "Only for --no-verify-ssl together with --unsafe-no-verify-ssl.")]
    private static SocketsHttpHandler CreateHandler(ConnectionConfig config)
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
            ConnectTimeout = config.ConnectTimeout,
            PooledConnectionIdleTimeout = config.IdleTimeout,
            PooledConnectionLifetime = s_connectionLifetime,
            MaxResponseHeadersLength = MaxResponseHeadersKiB,
            // What a caller's header says in UTF-8 goes out as the bytes that came in, which are those that were signed.
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            ConnectCallback = (context, cancel) => UpstreamSocket.OpenAsync(
                context.DnsEndPoint, FileDescriptors.OfProcess, config.ConnectTimeout, TimeProvider.System, cancel),
        };
        if (!config.VerifyTls)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        }

        return handler;
    }
}
