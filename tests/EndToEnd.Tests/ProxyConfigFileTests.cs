using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>The real proxy with a configuration file: a socket for the pod, mutual TLS for the network.</summary>
public sealed class ProxyConfigFileTests
{
    private static readonly Dictionary<string, string> s_keys = new()
    {
        ["AWS_ACCESS_KEY_ID"] = "AKIDFILE",
        ["AWS_SECRET_ACCESS_KEY"] = "file-secret",
    };

    [Fact]
    public async Task A_socket_and_a_port_with_mutual_tls_lead_to_their_routes_and_a_reload_changes_them()
    {
        using WorkingFolder folder = new();
        using EchoServer echo = new();
        int admin = Ports.Free();
        int network = Ports.Free();
        (string certificate, string key) = LoopbackCertificate.CreatePem("CN=grafana");
        folder.Write("server.pem", certificate);
        folder.Write("server.key", key);
        string file = folder.Write("proxy.yml", Config(folder, echo, network, workspace: "ws-1"));
        await using RunningProgram proxy = RunningProgram.Start(
            Programs.Proxy, admin,
            ["--config.file", file, string.Create(CultureInfo.InvariantCulture, $"--admin.listen-address=127.0.0.1:{admin}")],
            s_keys);
        await proxy.WaitUntilReadyAsync("/-/ready");
        using X509Certificate2 own = X509Certificate2.CreateFromPem(certificate, key);
        using HttpClient pod = OverSocket(folder.At("proxy.sock"));
        using HttpClient grafana = OverTls(network, own);
        using HttpClient stranger = OverTls(network, null);

        string written = await PostAsync(pod, "http://proxy/api/v1/write");
        Assert.StartsWith("POST /workspaces/ws-1/api/v1/remote_write\n", written, StringComparison.Ordinal);
        Assert.Contains("Credential=AKIDFILE/", written, StringComparison.Ordinal);
        string read = await grafana.GetStringAsync("/api/v1/query?query=up", TestContext.Current.CancellationToken);
        Assert.StartsWith("GET /workspaces/ws-1/api/v1/query?query=up\n", read, StringComparison.Ordinal);
        using HttpResponseMessage refused = await grafana.PostAsync(
            "/api/v1/write", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        await Assert.ThrowsAnyAsync<HttpRequestException>(
            () => stranger.GetStringAsync("/api/v1/query", TestContext.Current.CancellationToken));

        folder.Write("proxy.yml", "routes: [{name: broken}]");
        Assert.Contains("routes[0].upstream: is missing", await ReloadAsync(proxy, 500), StringComparison.Ordinal);
        Assert.Equal(0, await proxy.MetricAsync("ampedge_proxy_config_last_reload_successful"));
        Assert.StartsWith("POST /workspaces/ws-1/", await PostAsync(pod, "http://proxy/api/v1/write"), StringComparison.Ordinal);
        folder.Write("proxy.yml", Config(folder, echo, network, workspace: "ws-2"));
        await ReloadAsync(proxy, 200);
        Assert.Equal(1, await proxy.MetricAsync("ampedge_proxy_config_last_reload_successful"));
        Assert.StartsWith("POST /workspaces/ws-2/", await PostAsync(pod, "http://proxy/api/v1/write"), StringComparison.Ordinal);

        Assert.Equal(0, await proxy.StopAsync());
        Assert.False(File.Exists(folder.At("proxy.sock")));
    }

    [Theory]
    [InlineData("routes: [{name: r, upstream: 'http://localhost:9009'}]", 0, "proxy.yml: valid, 1 listeners, 1 routes")]
    [InlineData("routes: [{name: r, upstream: 'ftp://h', colour: red}]", 2, "proxy.yml:1:30 routes[0].upstream: URL scheme must be")]
    public async Task A_file_can_be_checked_without_running(string yaml, int exitCode, string said)
    {
        using WorkingFolder folder = new();
        await using RunningProgram proxy = RunningProgram.Start(
            Programs.Proxy, Ports.Free(), ["--config.check", "--config.file", folder.Write("proxy.yml", yaml)]);
        await Eventually.TrueAsync(
            () => Task.FromResult(proxy.HasExited && proxy.Output.Contains(said, StringComparison.Ordinal)),
            () => proxy.Describe("it runs on, or does not say what is expected"));

        Assert.Equal(exitCode, await proxy.StopAsync());
    }

    private static string Config(WorkingFolder folder, EchoServer upstream, int port, string workspace) =>
        string.Create(CultureInfo.InvariantCulture, $$"""
            listeners:
              - name: pod
                address: unix:{{folder.At("proxy.sock")}}
              - name: network
                address: 127.0.0.1:{{port}}
                tls_server_config:
                  cert_file: server.pem
                  key_file: server.key
                  client_ca_file: server.pem
                caller: {client_subjects: [grafana]}
            routes:
              - name: write
                match: {listeners: [pod]}
                upstream: http://{{upstream.Address}}
                workspace: {{workspace}}
                access: write_only
                sigv4: {region: us-east-1}
              - name: read
                match: {listeners: [network]}
                upstream: http://{{upstream.Address}}
                workspace: {{workspace}}
                access: read_only
                sigv4: {region: us-east-1}
            """);

    private static async Task<string> ReloadAsync(RunningProgram proxy, int status)
    {
        using HttpResponseMessage answer = await proxy.Http.PostAsync("/-/reload", null, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == (int)answer.StatusCode, proxy.Describe(text));
        return text;
    }

    private static async Task<string> PostAsync(HttpClient client, string url)
    {
        using HttpResponseMessage answer = await client.PostAsync(url, null, TestContext.Current.CancellationToken);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static HttpClient OverSocket(string path) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (_, cancel) =>
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    private static HttpClient OverTls(int port, X509Certificate2? own) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions
        {
#pragma warning disable CA5359 // The test is about the other side's certificate.
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
            ClientCertificates = own is null ? [] : [own],
        },
    })
    {
        BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}/")),
    };
}
