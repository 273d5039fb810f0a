using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AmpEdge.Hosting;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.HttpClients;

/// <summary>A client built from a configuration against a TLS server that says which client certificate it saw.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset s_from = TimeProvider.System.GetUtcNow().AddDays(-1);

    private readonly string _folder = Directory.CreateTempSubdirectory("ampedge-tls-").FullName;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _root = MakeRoot("root");
    private readonly X509Certificate2 _server;
    private SslProtocols _protocols = SslProtocols.None;
    private Task _serving = Task.CompletedTask;

    public TlsTests() => _server = Issue(_root, "server.example");

    public ValueTask InitializeAsync()
    {
        _listener.Start();
        _serving = ServeAsync();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
        _listener.Dispose();
        _root.Dispose();
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_server_of_an_unknown_authority_is_refused() =>
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(new TlsConfig { ServerName = "server.example" }));

    [Fact]
    public async Task A_ca_file_makes_its_servers_known()
    {
        TlsConfig tls = new() { CaFile = Write("ca.pem", _root.ExportCertificatePem()), ServerName = "server.example" };

        Assert.Equal("nobody", await AskAsync(tls));
    }

    [Fact]
    public async Task A_wrong_server_name_is_refused()
    {
        string ca = _root.ExportCertificatePem();

        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(new TlsConfig { Ca = ca, ServerName = "other.example" }));
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(new TlsConfig { Ca = ca }));
    }

    [Fact]
    public async Task Verification_can_be_skipped() =>
        Assert.Equal("nobody", await AskAsync(new TlsConfig { InsecureSkipVerify = true }));

    [Fact]
    public async Task A_client_certificate_is_shown_and_a_rotated_one_is_taken_up()
    {
        using X509Certificate2 first = Issue(_root, "first");
        using X509Certificate2 second = Issue(_root, "second");
        TlsConfig tls = new()
        {
            InsecureSkipVerify = true,
            CertFile = Write("cert.pem", first.ExportCertificatePem()),
            KeyFile = Write("key.pem", Key(first)),
        };
        using HttpMessageInvoker client = Client(tls);

        Assert.Equal("CN=first", await AskAsync(client));
        Write("cert.pem", second.ExportCertificatePem() + "\n");
        Write("key.pem", Key(second));
        Assert.Equal("CN=second", await AskAsync(client));
    }

    [Fact]
    public async Task A_certificate_file_that_is_not_there_is_named()
    {
        HttpRequestException error = await Assert.ThrowsAsync<HttpRequestException>(
            () => AskAsync(new TlsConfig { CertFile = Path.Combine(_folder, "no.pem"), KeyFile = "k" }));

        Assert.Contains("no.pem", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_below_the_lowest_version_is_refused()
    {
        _protocols = SslProtocols.Tls12;

        Assert.Equal("nobody", await AskAsync(new TlsConfig { InsecureSkipVerify = true }));
        await Assert.ThrowsAsync<HttpRequestException>(
            () => AskAsync(new TlsConfig { InsecureSkipVerify = true, MinVersion = "TLS13" }));
    }

    private async Task<string> AskAsync(TlsConfig tls)
    {
        using HttpMessageInvoker client = Client(tls);
        return await AskAsync(client);
    }

    private async Task<string> AskAsync(HttpMessageInvoker client)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        using HttpResponseMessage response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static HttpMessageInvoker Client(TlsConfig tls) =>
        new(HttpHandlerBuilder.Build(new HttpClientConfig { Tls = tls, EnableHttp2 = false }, TimeProvider.System));

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await AnswerAsync(client);
            }
            catch (Exception error) when (error is OperationCanceledException or IOException or AuthenticationException or SocketException)
            {
                // A client that refuses us is what some of the tests are about; the next one is served all the same.
                Assert.NotNull(error);
            }
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        await using SslStream stream = new(client.GetStream(), false, static (_, shown, _, _) => shown is null || shown.Subject.Length > 0);
        await stream.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = _server,
                ClientCertificateRequired = true,
                EnabledSslProtocols = _protocols,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            },
            _stop.Token);
        int read = await stream.ReadAsync(new byte[4096], _stop.Token);
        string body = stream.RemoteCertificate?.Subject ?? "nobody";
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {(read > 0 ? body.Length : 0)}\r\n\r\n{body}"),
            _stop.Token);
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static string Key(X509Certificate2 certificate)
    {
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static X509Certificate2 MakeRoot(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(s_from, s_from.AddDays(30));
    }

    private static X509Certificate2 Issue(X509Certificate2 root, string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        byte[] serial = Encoding.ASCII.GetBytes("1" + name);
        using X509Certificate2 issued = request.Create(root, s_from, s_from.AddDays(20), serial);
        return issued.CopyWithPrivateKey(key);
    }
}
