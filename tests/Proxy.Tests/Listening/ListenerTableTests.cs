using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Listening;
using AmpEdge.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Proxy.Tests.Listening;

[SupportedOSPlatform("linux")]
public sealed class ListenerTableTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly MetricRegistry _metrics = new();
    private ListenerTable? _table;

    private ListenerTable Table => _table ?? throw new InvalidOperationException("no table was started");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_table is not null)
        {
            await _table.StopAsync(CancellationToken.None);
            _table.Dispose();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task A_socket_has_its_mode_and_takes_the_place_of_an_abandoned_one()
    {
        string path = _folder.At("proxy.sock");
        using (Socket abandoned = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            // Closing removes the file by the name that it was bound to.
            abandoned.Bind(new UnixDomainSocketEndPoint(_folder.At("other.sock")));
            File.Move(_folder.At("other.sock"), path);
        }

        Assert.True(File.Exists(path));
        await StartAsync(new ListenerConfig
        {
            Address = "unix:" + path,
            SocketMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
        });

        Assert.Equal("by default\n", await AskAsync(path));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
            File.GetUnixFileMode(path));
    }

    [Fact]
    public async Task What_is_no_abandoned_socket_stays_and_is_named()
    {
        string path = _folder.Write("file", "content");

        StartFailedException refused = await Assert.ThrowsAsync<StartFailedException>(
            () => StartAsync(new ListenerConfig { Address = "unix:" + path }));
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        Assert.Equal("content", File.ReadAllText(path));
    }

    [Fact]
    public async Task Another_configuration_starts_stops_and_leaves_alone()
    {
        ListenerConfig kept = new() { Name = "kept", Address = "127.0.0.1:0" };
        ListenerConfig gone = new() { Name = "gone", Address = "unix:" + _folder.At("gone.sock") };
        ListenerConfig come = new() { Name = "come", Address = "unix:" + _folder.At("come.sock") };
        await StartAsync(kept, gone);
        HttpServer before = Table["kept"];
        CallerConfig caller = new() { ClientSubjects = ["x"] };
        await Table.ApplyAsync([kept with { Caller = caller }, come], CancellationToken.None);

        Assert.Same(before, Table["kept"]);
        Assert.Equal("by come\n", await AskAsync(_folder.At("come.sock")));
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(_folder.At("gone.sock")));

        await Table.ApplyAsync([kept with { MaxConnections = 7 }, come], CancellationToken.None);
        Assert.NotSame(before, Table["kept"]);
    }

    [Fact]
    public async Task Certificates_are_read_again_when_their_files_change()
    {
        ListenerTlsConfig tls = WriteCertificate("CN=first");
        await StartAsync(new ListenerConfig { Address = "127.0.0.1:0", Tls = tls });

        Assert.Equal("CN=first", await SubjectAsync());
        WriteCertificate("CN=second");
        Assert.Equal("CN=first", await SubjectAsync());
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("CN=second", await SubjectAsync());
        _folder.Write("cert.pem", "nonsense");
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("CN=second", await SubjectAsync());
    }

    [Theory]
    [InlineData("CN=grafana,O=example", true)]
    [InlineData("CN=stranger,O=example", false)]
    [InlineData(null, false)]
    public async Task A_caller_is_known_by_the_certificate_that_the_listener_has_verified(string? subject, bool known)
    {
        (string certificate, string key) = LoopbackCertificate.CreatePem(subject ?? "CN=none", "grafana.example.org");
        ListenerTlsConfig tls = WriteCertificate("CN=server") with
        {
            ClientCaFile = _folder.Write("ca.pem", certificate),
            ClientAuth = ClientAuthType.RequireAndVerifyClientCert,
        };
        CallerCheck byCommonName = Check(new CallerConfig { ClientSubjects = ["grafana"] });
        CallerCheck bySubject = Check(new CallerConfig { ClientSubjects = ["CN=grafana, O=example"] });
        CallerCheck byName = Check(new CallerConfig { ClientNames = ["grafana.example.org"] });
        await StartAsync(
            context => context.WriteTextAsync(
                200,
                $"{byCommonName.Check(context) is null} {bySubject.Check(context) is null} {byName.Check(context) is null}"),
            new ListenerConfig { Address = "127.0.0.1:0", Tls = tls });

        using X509Certificate2 own = X509Certificate2.CreateFromPem(certificate, key);
        Task<string> asked = AskWithAsync(subject is null ? null : own);
        if (subject is null)
        {
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => asked);
        }
        else
        {
            // The other name is in both certificates.
            Assert.Equal($"{known} {known} True\n", await asked);
        }
    }

    [Fact]
    public async Task A_certificate_of_another_authority_gets_no_connection()
    {
        ListenerTlsConfig tls = WriteCertificate("CN=server") with
        {
            ClientCaFile = _folder.Write("ca.pem", LoopbackCertificate.CreatePem("CN=authority").Certificate),
            ClientAuth = ClientAuthType.VerifyClientCertIfGiven,
        };
        await StartAsync(new ListenerConfig { Address = "127.0.0.1:0", Tls = tls });
        (string certificate, string key) = LoopbackCertificate.CreatePem("CN=authority");
        using X509Certificate2 stranger = X509Certificate2.CreateFromPem(certificate, key);

        Assert.Equal("by default\n", await AskWithAsync(null));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => AskWithAsync(stranger));
    }

    private CallerCheck Check(CallerConfig config) => new(config, NullLogger.Instance, _time);

    private Task StartAsync(params ListenerConfig[] listeners) => StartAsync(null, listeners);

    private Task StartAsync(RequestDelegate? answer, params ListenerConfig[] listeners)
    {
        _table = new ListenerTable(listeners, listener => Create(listener, answer));
        return _table.StartAsync(CancellationToken.None);
    }

    private HttpServer Create(ListenerConfig listener, RequestDelegate? answer)
    {
        ServerTls? tls = listener.Tls is null ? null : new ServerTls(listener.Name, listener.Tls, NullLogger.Instance, _time);
        RouteTable routes = new();
        routes.Map("*", "/{*path}", answer ?? (context => context.WriteTextAsync(200, "by " + listener.Name)));
        HttpServerOptions options = new()
        {
            ListenAddress = listener.Address,
            UnixSocket = listener.Socket,
            Tls = tls is null ? null : () => tls.Current,
        };
        return new HttpServer(listener.Name, options, routes, _metrics, NullLoggerFactory.Instance, TimeProvider.System);
    }

    private ListenerTlsConfig WriteCertificate(string subject)
    {
        (string certificate, string key) = LoopbackCertificate.CreatePem(subject);
        return new ListenerTlsConfig
        {
            CertFile = _folder.Write("cert.pem", certificate),
            KeyFile = _folder.Write("key.pem", key),
        };
    }

    private async Task<string> SubjectAsync()
    {
        using TcpClient connection = new();
        await connection.ConnectAsync(IPAddress.Loopback, Table["default"].Port);
        await using SslStream tls = new(connection.GetStream());
        await tls.AuthenticateAsClientAsync(Trusting(null));
        return tls.RemoteCertificate?.Subject ?? "";
    }

    private async Task<string> AskWithAsync(X509Certificate2? certificate)
    {
        using SocketsHttpHandler handler = new() { SslOptions = Trusting(certificate), UseProxy = false };
        using HttpClient client = new(handler);
        return await client.GetStringAsync(new Uri($"https://127.0.0.1:{Table["default"].Port}/"));
    }

#pragma warning disable CA5359 // The test is about the other side's certificate.
    private static SslClientAuthenticationOptions Trusting(X509Certificate2? certificate) => new()
    {
        TargetHost = "127.0.0.1",
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        ClientCertificates = certificate is null ? [] : [certificate],
    };
#pragma warning restore CA5359

    private static async Task<string> AskAsync(string socketPath)
    {
        using SocketsHttpHandler handler = new()
        {
            UseProxy = false,
            ConnectCallback = async (_, cancel) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using HttpClient client = new(handler);
        return await client.GetStringAsync(new Uri("http://proxy/"));
    }
}
