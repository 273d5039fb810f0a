using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AmpEdge.Proxy.Tests.Forwarding;

/// <summary>An HTTPS server whose certificate nobody has reason to believe; answers <c>tls</c> to one request a connection.</summary>
internal sealed class TlsUpstream : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate = CreateCertificate();
    private readonly Task _loop;

    public TlsUpstream()
    {
        _listener.Start();
        _loop = Task.Run(ServeAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose()
    {
        _listener.Stop();
        _loop.Wait(TimeSpan.FromSeconds(5));
        _certificate.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                using TcpClient connection = await _listener.AcceptTcpClientAsync();
                await AnswerAsync(connection);
            }
            catch (Exception refused) when (refused is AuthenticationException or IOException)
            {
                // The client did not believe the certificate; the next one may.
                continue;
            }
            catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(TcpClient connection)
    {
        await using SslStream stream = new(connection.GetStream());
        await stream.AuthenticateAsServerAsync(_certificate);
        using StreamReader reader = new(stream, leaveOpen: true);
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
            // Only the end of the request matters.
        }

        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\ntls"u8.ToArray());
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
