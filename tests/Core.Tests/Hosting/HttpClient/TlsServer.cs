using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AmpEdge.Tests.Support;

namespace AmpEdge.Core.Tests.Hosting.HttpClients;

/// <summary>
/// A TLS server on loopback that answers each connection's first request with the subject of the client certificate, or
/// <c>nobody</c>, and keeps what it learned in the handshake.
/// </summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private readonly LoopbackListener _listener;

    public TlsServer(string name = "server.example")
    {
        Certificate = Certificates.Issue(Root, name);
        _listener = new LoopbackListener(AnswerAsync);
    }

    public X509Certificate2 Root { get; } = Certificates.MakeRoot("root");

    public X509Certificate2 Certificate { get; set; }

    public SslProtocols Protocols { get; set; } = SslProtocols.None;

    /// <summary>True to agree to HTTP/2; such a connection is closed after the client's preface.</summary>
    public bool Http2 { get; set; }

    public int Port => _listener.Port;

    /// <summary>The server name of each handshake, the protocol that was agreed on, and the first line that came.</summary>
    public ConcurrentQueue<(string Name, string Protocol, string FirstLine)> Handshakes { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        Root.Dispose();
        Certificate.Dispose();
    }

    private async Task AnswerAsync(TcpClient client, CancellationToken stop)
    {
        await using SslStream stream = new(client.GetStream(), false, static (_, shown, _, _) => shown is null || shown.Subject.Length > 0);
        await stream.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = Certificate,
                ClientCertificateRequired = true,
                EnabledSslProtocols = Protocols,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                ApplicationProtocols = Http2 ? [SslApplicationProtocol.Http2] : [SslApplicationProtocol.Http11],
            },
            stop);
        byte[] request = new byte[4096];
        int read = await stream.ReadAsync(request, stop);
        string firstLine = Encoding.ASCII.GetString(request, 0, read).Split("\r\n")[0];
        Handshakes.Enqueue((stream.TargetHostName, stream.NegotiatedApplicationProtocol.ToString(), firstLine));
        if (Http2)
        {
            return;
        }

        string body = stream.RemoteCertificate?.Subject ?? "nobody";
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {(read > 0 ? body.Length : 0)}\r\n\r\n{body}"),
            stop);
    }
}
