using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AmpEdge.Tests.Support;

namespace AmpEdge.Proxy.Tests.Forwarding;

/// <summary>An HTTPS server whose certificate nobody has reason to believe; answers <c>tls</c> to one request a connection.</summary>
internal sealed class TlsUpstream : IAsyncDisposable
{
    private readonly X509Certificate2 _certificate = CreateCertificate();
    private readonly LoopbackListener _listener;

    public TlsUpstream() => _listener = new LoopbackListener(AnswerAsync);

    public int Port => _listener.Port;

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _certificate.Dispose();
    }

    private async Task AnswerAsync(TcpClient connection, CancellationToken stop)
    {
        await using SslStream stream = new(connection.GetStream());
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, stop);
        using StreamReader reader = new(stream, leaveOpen: true);
        while (await reader.ReadLineAsync(stop) is { Length: > 0 })
        {
            // Only the end of the request matters.
        }

        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\ntls"u8.ToArray(), stop);
    }

    private static X509Certificate2 CreateCertificate()
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=ampedge-test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
