using System.Linq;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using AmpEdge.Hosting;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.HttpClients;

/// <summary>A client built from a configuration against a TLS server that says which client certificate it saw.</summary>
public sealed class TlsTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ampedge-tls-").FullName;
    private readonly TlsServer _server = new();

    private string Ca => _server.Root.ExportCertificatePem();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_server_of_an_unknown_authority_is_refused() =>
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(new TlsConfig { ServerName = "server.example" }));

    [Fact]
    public async Task A_ca_file_makes_its_servers_known()
    {
        TlsConfig tls = new() { CaFile = Write("ca.pem", Ca), ServerName = "server.example" };

        Assert.Equal("nobody", await AskAsync(tls));
    }

    [Fact]
    public async Task A_changed_ca_file_is_taken_up()
    {
        using X509Certificate2 other = Certificates.MakeRoot("other");
        TlsConfig tls = new() { CaFile = Write("ca.pem", other.ExportCertificatePem()), ServerName = "server.example" };
        using HttpMessageInvoker client = Client(tls);

        HttpRequestException error = await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(client));
        Assert.Contains("certificate", error.ToString(), StringComparison.Ordinal);
        Write("ca.pem", Ca + "\n\n");
        Assert.Equal("nobody", await AskAsync(client));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_server_name_is_sent_in_the_handshake(bool http2)
    {
        using HttpMessageInvoker client = Client(new TlsConfig { Ca = Ca, ServerName = "server.example" }, http2);

        await AskAsync(client);
        await AskAsync(client);

        Assert.All(_server.Handshakes, seen => Assert.Equal("server.example", seen.Name));
        Assert.Equal(http2 ? ["http/1.1", ""] : ["", ""], _server.Handshakes.Select(seen => seen.Protocol));
    }

    [Fact]
    public async Task Http2_is_spoken_under_another_server_name_too()
    {
        _server.Http2 = true;
        using HttpMessageInvoker client = Client(new TlsConfig { Ca = Ca, ServerName = "server.example" }, http2: true);

        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(client));

        Assert.Contains(("server.example", "h2", "PRI * HTTP/2.0"), _server.Handshakes);
    }

    [Fact]
    public async Task A_wrong_server_name_is_refused()
    {
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(new TlsConfig { Ca = Ca, ServerName = "other.example" }));
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(new TlsConfig { Ca = Ca }));
    }

    [Fact]
    public async Task Verification_can_be_skipped() =>
        Assert.Equal("nobody", await AskAsync(new TlsConfig { InsecureSkipVerify = true }));

    [Fact]
    public async Task A_client_certificate_is_shown_and_a_rotated_one_is_taken_up()
    {
        using X509Certificate2 first = Certificates.Issue(_server.Root, "first");
        using X509Certificate2 second = Certificates.Issue(_server.Root, "second");
        TlsConfig tls = new()
        {
            InsecureSkipVerify = true,
            CertFile = Write("cert.pem", first.ExportCertificatePem()),
            KeyFile = Write("key.pem", Certificates.KeyPem(first)),
        };
        using HttpMessageInvoker client = Client(tls);

        Assert.Equal("CN=first", await AskAsync(client));
        Write("cert.pem", second.ExportCertificatePem() + "\n");
        Write("key.pem", Certificates.KeyPem(second));
        Assert.Equal("CN=second", await AskAsync(client));
    }

    [Fact]
    public async Task A_client_certificate_goes_along_under_another_server_name()
    {
        using X509Certificate2 own = Certificates.Issue(_server.Root, "own");
        TlsConfig tls = new()
        {
            Ca = Ca, ServerName = "server.example", Cert = own.ExportCertificatePem(), Key = new Secret(Certificates.KeyPem(own)),
        };

        Assert.Equal("CN=own", await AskAsync(tls));
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
        _server.Protocols = SslProtocols.Tls12;

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
        using HttpRequestMessage request = new(HttpMethod.Get, $"https://127.0.0.1:{_server.Port}/");
        using HttpResponseMessage response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static HttpMessageInvoker Client(TlsConfig tls, bool http2 = false) =>
        new(HttpHandlerBuilder.Build(new HttpClientConfig { Tls = tls, EnableHttp2 = http2 }, TimeProvider.System));

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
