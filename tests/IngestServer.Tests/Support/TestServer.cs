using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AmpEdge.Hosting;
using AmpEdge.IngestServer.Config;
using AmpEdge.PromQL;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;
using Microsoft.Extensions.Logging;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Support;

/// <summary>The whole server in this process, on a free loopback port, with its data in a folder of its own.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    public const string WorkspaceId = "ws-11111111-2222-4333-8444-555555555555";
    public const string OtherWorkspaceId = "ws-99999999-2222-4333-8444-555555555555";
    public const string Region = "eu-central-1";

    /// <summary>Any action in any workspace.</summary>
    public static readonly AwsCredentials Admin = new("AKIAADMIN0000000000", "admin-secret");

    /// <summary>May only write, and only to the first workspace.</summary>
    public static readonly AwsCredentials Writer = new("AKIAWRITER000000000", "writer-secret", "writer-token");

    public const string OneWorkspace = $"workspaces: [{{id: {WorkspaceId}}}]";

    public const string Config =
        $"""
        region: {Region}
        account: "123456789012"
        workspaces:
          - id: {WorkspaceId}
            alias: first
          - id: {OtherWorkspaceId}
        principals:
          - name: admin
            access_key: AKIAADMIN0000000000
            secret_key: admin-secret
            actions: ["aps:*"]
          - name: writer
            access_key: AKIAWRITER000000000
            secret_key: writer-secret
            session_token: writer-token
            workspaces: [{WorkspaceId}]
            actions: [aps:RemoteWrite]
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ampedge-server-");
    private readonly LineLoggerFactory _loggers;
    private readonly List<IComponent> _started = [];
    private readonly ServerHost _host;

    private TestServer(
        string configText, Func<ServerSettings, ServerSettings> change, FaultyFileSystem? disk, TimeProvider time)
    {
        Disk = disk ?? new FaultyFileSystem();
        ConfigFile = Path.Combine(_folder.FullName, "server.yml");
        File.WriteAllText(ConfigFile, configText);
        _loggers = new LineLoggerFactory(LogOutput, LogFormat.Logfmt, LogLevel.Debug, time);
        ConfigResult<ServerConfig> loaded = ServerConfigLoader.Load(ConfigFile);
        Assert.True(loaded.IsValid, string.Join('\n', loaded.Problems));
        Settings = change(new ServerSettings
        {
            ConfigFile = ConfigFile,
            StoragePath = "data",
            ListenAddress = "127.0.0.1:0",
        });
        _host = new ServerHost(Settings, loaded.Config, Disk, _loggers, time);
        Time = time;
    }

    public ServerSettings Settings { get; }

    public string ConfigFile { get; }

    /// <summary>Where the data is; fails when told to.</summary>
    public FaultyFileSystem Disk { get; }

    public TimeProvider Time { get; }

    public MemoryStream LogOutput { get; } = new();

    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public int Port => _host.Web.Port;

    public int ManagementPort => _host.Management?.Port ?? 0;

    /// <summary>Starts a server with two workspaces and two principals.</summary>
    public static Task<TestServer> StartAsync(
        Func<ServerSettings, ServerSettings>? change = null,
        string config = Config,
        FaultyFileSystem? disk = null,
        TimeProvider? time = null) =>
        StartAsync(new TestServer(config, change ?? (static settings => settings), disk, time ?? TimeProvider.System));

    /// <summary>Starts a server with one workspace that nobody has to sign for.</summary>
    public static Task<TestServer> StartWithoutAuthAsync(
        Func<ServerSettings, ServerSettings>? change = null,
        string config = OneWorkspace,
        FaultyFileSystem? disk = null) =>
        StartAsync(settings => (change ?? (static same => same))(settings with { WithoutAuth = true }), config, disk);

    /// <summary>A path of the first workspace.</summary>
    public static string PathOf(string api) => $"/workspaces/{WorkspaceId}/api/v1/{api}";

    public HttpRequestMessage NewRequest(HttpMethod method, string pathAndQuery, byte[]? body = null)
    {
        HttpRequestMessage request = new(method, $"http://127.0.0.1:{Port}{pathAndQuery}");
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
        }

        return request;
    }

    public HttpRequestMessage NewWrite(string path, byte[] body)
    {
        HttpRequestMessage request = NewRequest(HttpMethod.Post, path, body);
        request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        request.Content.Headers.ContentEncoding.Add("snappy");
        request.Headers.Add("X-Prometheus-Remote-Write-Version", "0.1.0");
        return request;
    }

    /// <summary>Signs a request for this server's region and service, or for others.</summary>
    public HttpRequestMessage Sign(
        HttpRequestMessage request, AwsCredentials credentials, string region = Region, string service = "aps",
        TimeProvider? clock = null)
    {
        byte[] body = request.Content is null ? [] : request.Content.ReadAsByteArrayAsync().GetAwaiter().GetResult();
        new HttpRequestSigner(new SigV4Signer(new SigningScope(region, service)), clock ?? Time)
            .Sign(request, body, credentials);
        return request;
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) =>
        Client.SendAsync(request, TestContext.Current.CancellationToken);

    /// <summary>Writes without a signature to the first workspace.</summary>
    public Task<HttpResponseMessage> WriteAsync(byte[] body) => SendAsync(NewWrite(PathOf("remote_write"), body));

    /// <summary>The parsed answer to an unsigned GET below the first workspace.</summary>
    public async Task<JsonElement> GetAsync(string apiAndQuery)
    {
        using HttpResponseMessage response = await SendAsync(NewRequest(HttpMethod.Get, PathOf(apiAndQuery)));
        return JsonDocument.Parse(await TextOf(response)).RootElement;
    }

    public static Task<string> TextOf(HttpResponseMessage response) =>
        response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    public async Task<string> MetricsAsync()
    {
        using HttpResponseMessage response = await SendAsync(NewRequest(HttpMethod.Get, "/metrics"));
        string text = await TextOf(response);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{text}: {Log()}");
        return text;
    }

    public Task<string?> ReloadAsync() => _host.ReloadAsync(TestContext.Current.CancellationToken);

    public string Log() => Encoding.UTF8.GetString(LogOutput.ToArray());

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        for (int index = _started.Count - 1; index >= 0; index--)
        {
            await _started[index].StopAsync(CancellationToken.None);
        }

        _host.Dispose();
        _loggers.Dispose();
        _folder.Delete(recursive: true);
    }

    private static async Task<TestServer> StartAsync(TestServer server)
    {
        foreach (IComponent component in server._host.Components())
        {
            await component.StartAsync(CancellationToken.None);
            server._started.Add(component);
        }

        return server;
    }
}
