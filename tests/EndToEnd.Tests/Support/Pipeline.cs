using System.Globalization;
using AmpEdge.Tests.Support;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>Starts our three programs and their peers with the settings that end-to-end tests share.</summary>
public static class Pipeline
{
    public const string Region = "eu-central-1";
    public const string Account = "123456789012";
    public const string Workspace = "ws-0a1b2c3d-0000-4000-8000-00000000e2e1";
    public const string WriteKey = "AKIDE2EWRITE00000001";
    public const string WriteSecret = "e2e-write-secret";
    public const string QueryKey = "AKIDE2EQUERY00000001";
    public const string QuerySecret = "e2e-query-secret";
    public const string AllKey = "AKIDE2EALL0000000001";
    public const string AllSecret = "e2e-all-secret";

    /// <summary>Path of the workspace's Prometheus API, as Prometheus clients want it for their server address.</summary>
    public const string ApiPrefix = "/workspaces/" + Workspace;

    public const string WritePath = ApiPrefix + "/api/v1/remote_write";

    private const string ServerConfig = $"""
        region: {Region}
        account: "{Account}"
        workspaces:
          - id: {Workspace}
            alias: end-to-end
        principals:
          - name: writer
            access_key: {WriteKey}
            secret_key: {WriteSecret}
            actions: [aps:RemoteWrite]
          - name: reader
            access_key: {QueryKey}
            secret_key: {QuerySecret}
            actions: [aps:QueryMetrics, aps:GetSeries, aps:GetLabels, aps:GetMetricMetadata]
          - name: all
            access_key: {AllKey}
            secret_key: {AllSecret}
            actions: ["aps:*"]
        """;

    /// <summary>Our server; the same folder and port start it again over what it stored.</summary>
    public static async Task<RunningProgram> StartServerAsync(WorkingFolder folder, int? port = null)
    {
        string config = folder.Write("server.yml", ServerConfig);
        int listen = port ?? Ports.Free();
        RunningProgram server = RunningProgram.Start(
            Programs.Server,
            listen,
            [
                $"--config.file={config}",
                $"--storage.path={folder.At("server-data")}",
                string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{listen}"),
            ]);
        await server.WaitUntilReadyAsync("/-/ready");
        return server;
    }

    /// <summary>Our server without keys, whose one workspace also answers at the root as a Prometheus does.</summary>
    /// <param name="folder">Of its data and configuration.</param>
    /// <param name="settings">More of its configuration file.</param>
    /// <param name="flags">More of its command line.</param>
    public static async Task<RunningProgram> StartOpenServerAsync(
        WorkingFolder folder, string settings, params string[] flags)
    {
        string config = folder.Write("server.yml", $"workspaces: [{{id: {Workspace}}}]\n{settings}");
        int port = Ports.Free();
        RunningProgram server = RunningProgram.Start(
            Programs.Server,
            port,
            [
                "--auth=none",
                $"--config.file={config}",
                $"--storage.path={folder.At("server-data")}",
                string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
                .. flags,
            ]);
        await server.WaitUntilReadyAsync("/-/ready");
        return server;
    }

    /// <summary>Our proxy in front of a server, signing with the given key.</summary>
    public static Task<RunningProgram> StartProxyAsync(
        RunningProgram upstream, string accessKey = AllKey, string secretKey = AllSecret, int? adminListen = null,
        IReadOnlyList<string>? flags = null) =>
        StartProxyAsync(upstream.Address, accessKey, secretKey, adminListen, flags);

    /// <summary>The same in front of anything that speaks HTTP.</summary>
    public static async Task<RunningProgram> StartProxyAsync(
        string upstream, string accessKey = AllKey, string secretKey = AllSecret, int? adminListen = null,
        IReadOnlyList<string>? flags = null)
    {
        int port = Ports.Free();
        int adminPort = adminListen ?? Ports.Free();
        RunningProgram proxy = RunningProgram.Start(
            Programs.Proxy,
            port,
            [
                "--name", "aps",
                "--region", Region,
                "--host", upstream,
                "--upstream-url-scheme", "http",
                "--port", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"),
                string.Create(CultureInfo.InvariantCulture, $"--admin.listen-address=127.0.0.1:{adminPort}"),
                .. flags ?? [],
            ],
            new Dictionary<string, string>
            {
                ["AWS_ACCESS_KEY_ID"] = accessKey,
                ["AWS_SECRET_ACCESS_KEY"] = secretKey,
            });
        await proxy.WaitUntilReadyAsync(
            string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{adminPort}/-/ready"));
        return proxy;
    }

    /// <summary>Our agent; the same folder starts it again over its buffer.</summary>
    public static Task<RunningProgram> StartAgentAsync(WorkingFolder folder, string config) =>
        StartAgentAsync(folder, config, new Dictionary<string, string>());

    /// <summary>The same with environment variables and further flags.</summary>
    public static Task<RunningProgram> StartAgentAsync(
        WorkingFolder folder, string config, IReadOnlyDictionary<string, string> environment, params string[] flags) =>
        StartAgentThroughAsync([], folder, config, environment, flags);

    /// <summary>The same through a program that ends up as the agent: its command line comes behind the given one.</summary>
    public static async Task<RunningProgram> StartAgentThroughAsync(
        IReadOnlyList<string> command, WorkingFolder folder, string config,
        IReadOnlyDictionary<string, string> environment, params string[] flags)
    {
        int port = Ports.Free();
        string file = folder.Write("agent.yml", config);
        string[] line =
        [
            .. command,
            Programs.Agent,
            $"--config.file={file}",
            $"--storage.agent.path={folder.At("agent-data")}",
            string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
            .. flags,
        ];
        RunningProgram agent = RunningProgram.Start(line[0], port, line[1..], environment);
        await agent.WaitUntilReadyAsync("/-/ready");
        return agent;
    }

    /// <summary>Debian's Prometheus with the given configuration.</summary>
    public static async Task<RunningProgram> StartPrometheusAsync(
        WorkingFolder folder, string config, params string[] flags)
    {
        int port = Ports.Free();
        string file = folder.Write("prometheus.yml", config);
        RunningProgram prometheus = RunningProgram.Start(
            Oracle.Program("prometheus"),
            port,
            [
                $"--config.file={file}",
                $"--storage.tsdb.path={folder.At("prometheus-data")}",
                string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
                .. flags,
            ]);
        await prometheus.WaitUntilReadyAsync("/-/ready");
        return prometheus;
    }

    /// <summary>Debian's Prometheus as an agent.</summary>
    public static async Task<RunningProgram> StartPrometheusAgentAsync(WorkingFolder folder, string config)
    {
        int port = Ports.Free();
        string file = folder.Write("prometheus.yml", config);
        RunningProgram prometheus = RunningProgram.Start(
            Oracle.Program("prometheus"),
            port,
            [
                "--enable-feature=agent",
                $"--config.file={file}",
                $"--storage.agent.path={folder.At("prometheus-agent-data")}",
                string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
            ]);
        await prometheus.WaitUntilReadyAsync("/-/ready");
        return prometheus;
    }

    public static async Task<RunningProgram> StartVictoriaMetricsAsync(WorkingFolder folder)
    {
        int port = Ports.Free();
        RunningProgram victoria = RunningProgram.Start(
            Oracle.Program("victoria-metrics"),
            port,
            [
                $"-storageDataPath={folder.At("victoria-data")}",
                "-retentionPeriod=1",
                "-search.latencyOffset=0s",
                string.Create(CultureInfo.InvariantCulture, $"-httpListenAddr=127.0.0.1:{port}"),
            ]);
        await victoria.WaitUntilReadyAsync("/health");
        return victoria;
    }

    /// <summary>Debian's vmagent, writing to a server of ours and signing with the given key.</summary>
    public static async Task<RunningProgram> StartVmagentAsync(
        WorkingFolder folder, string config, RunningProgram server, string accessKey, string secretKey)
    {
        int port = Ports.Free();
        RunningProgram vmagent = RunningProgram.Start(
            Oracle.Program("vmagent"),
            port,
            [
                $"-promscrape.config={folder.Write("vmagent.yml", config)}",
                $"-remoteWrite.url=http://{server.Address}{WritePath}",
                $"-remoteWrite.tmpDataPath={folder.At("vmagent-data")}",
                "-remoteWrite.aws.useSigv4=true",
                $"-remoteWrite.aws.region={Region}",
                $"-remoteWrite.aws.accessKey={accessKey}",
                $"-remoteWrite.aws.secretKey={secretKey}",
                string.Create(CultureInfo.InvariantCulture, $"-httpListenAddr=127.0.0.1:{port}"),
            ]);
        await vmagent.WaitUntilReadyAsync("/health");
        return vmagent;
    }

    public static async Task<RunningProgram> StartNodeExporterAsync()
    {
        int port = Ports.Free();
        RunningProgram exporter = RunningProgram.Start(
            Oracle.Program("prometheus-node-exporter"),
            port,
            [string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}")]);
        await exporter.WaitUntilReadyAsync("/metrics");
        return exporter;
    }
}
