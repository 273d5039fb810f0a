using System.Linq;
using System.Reflection;
using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.Discovery.Kubernetes;
using AmpEdge.Hosting;

namespace AmpEdge.Agent;

/// <summary>The flags of <c>ampedge-agent</c>, in Prometheus's spelling where Prometheus has them.</summary>
internal sealed class AgentFlags
{
    private const long DefaultMemoryBytes = 64L << 20;

    /// <summary>Small, because what is delivered is given back segment by segment.</summary>
    private const long DefaultMemorySegmentBytes = 1L << 20;

    /// <summary>How many times its usual size a segment may have that is mostly descriptions of series.</summary>
    private const int SegmentGrowth = 8;

    /// <summary>At the bound of the buffer a whole segment goes: that is to be a small part of it.</summary>
    private const int SegmentsPerBuffer = 16;

    private static readonly TimeSpan s_autoReloadOfPrometheus = TimeSpan.FromSeconds(30);

    private readonly CommandLine _commandLine;
    private readonly Flag<string> _configFile;
    private readonly Flag<bool> _configCheck;
    private readonly Flag<bool> _expandEnvironment;
    private readonly Flag<TimeSpan> _autoReloadInterval;
    private readonly Flag<IReadOnlyList<string>> _features;
    private readonly Flag<string> _listenAddress;
    private readonly Flag<string> _externalUrl;
    private readonly Flag<string> _routePrefix;
    private readonly Flag<bool> _enableLifecycle;
    private readonly Flag<long> _maxConnections;
    private readonly Flag<string> _resolvConf;
    private readonly Flag<long> _shardCount;
    private readonly Flag<long> _shardIndex;
    private readonly Flag<string> _nodeLocal;
    private readonly Flag<bool> _annotations;
    private readonly Flag<string> _kubeletUrl;
    private readonly Flag<bool> _kubeletInsecure;
    private readonly Flag<string> _storagePath;
    private readonly Flag<ByteSize> _segmentSize;
    private readonly Flag<ByteSize> _maxBytes;
    private readonly Flag<TimeSpan> _maxAge;
    private readonly Flag<string> _bufferMode;
    private readonly Flag<string> _encryptionKeyFile;
    private readonly Flag<TimeSpan> _truncateInterval;
    private readonly Flag<bool> _noLockFile;
    private readonly Flag<ByteSize> _memoryLimit;
    private readonly Flag<string> _haCluster;
    private readonly Flag<string> _haReplica;
    private readonly Flag<TimeSpan> _syncInterval;
    private readonly Flag<TimeSpan> _flushDeadline;
    private readonly Flag<string> _costConfigFile;
    private readonly Flag<bool> _dryRun;
    private readonly Flag<TimeSpan> _dryRunTimeout;

    public AgentFlags()
    {
        _commandLine = new CommandLine(
            "ampedge-agent",
            "Scrapes Prometheus targets, buffers every sample on disk and delivers it by remote_write.",
            Assembly.GetExecutingAssembly());
        FlagGroup config = _commandLine.Group("Configuration");
        _configFile = config.Text("config.file", "prometheus.yml",
            "Prometheus configuration file, or the http or https URL of one, which is looked at every minute unless --config.auto-reload-interval says otherwise.",
            "FILE");
        _configCheck = config.Switch("config.check", "Check the configuration file, say what is wrong with it, and end.");
        _expandEnvironment = config.Switch(
            "config.expand-env",
            "Replace ${NAME} in the values of configuration files by environment variables; $$ is a dollar sign.");
        _autoReloadInterval = config.Duration(
            "config.auto-reload-interval", TimeSpan.Zero,
            "How often to look whether configuration files have changed, and reload then; 0 waits to be told.");
        config.Switch("agent", "Taken for the sake of Prometheus command lines: this program is always an agent.");
        _features = config.Words(
            "enable-feature", PrometheusFeatures.Names,
            "Features of Prometheus by its names, separated by commas; the log says what each means here.");
        FlagGroup web = _commandLine.Group("Web");
        _listenAddress = web.Listen(
            "web.listen-address", "0.0.0.0:9090", "Where to listen for the pages, the API and telemetry.");
        _externalUrl = web.Url(
            "web.external-url", "The URL under which others reach this agent, as behind a reverse proxy: its host stands for loopback in links.");
        _routePrefix = web.Text(
            "web.route-prefix", "", "What stands before the path of every page; the path of --web.external-url unless given.", "PATH");
        _enableLifecycle = web.Switch("web.enable-lifecycle", "Allow POST /-/reload.");
        _maxConnections = web.Number("web.max-connections", 512, 1, 65_536, "Connections open at once.");
        FlagGroup discovery = _commandLine.Group("Discovery");
        _resolvConf = discovery.Text(
            "discovery.dns.resolv-conf", "/etc/resolv.conf",
            "Name servers and search domains of dns_sd_configs; read anew for each look-up.", "FILE");
        _shardCount = discovery.Number(
            "sharding.count", 1, 1, 65_536, "Among how many equal agents the targets are spread; each scrapes those whose address falls to it.");
        _shardIndex = discovery.Number("sharding.index", 0, 0, 65_535, "Which of them this is, from 0.");
        FlagGroup kubernetes = _commandLine.Group("Kubernetes");
        _nodeLocal = kubernetes.Choice(
            "kubernetes.node-local", KubernetesFlags.Auto, [KubernetesFlags.Auto, KubernetesFlags.On, KubernetesFlags.Off],
            "Whether role pod finds the pods of the agent's own node only; auto: when NODE_NAME is set, as in a DaemonSet.");
        _annotations = kubernetes.Switch(
            "kubernetes.annotations",
            "Honour the annotations prometheus.io/scrape, port, path, scheme and param_* without relabel rules.");
        _kubeletUrl = kubernetes.Text(
            "kubernetes.kubelet-url", "",
            "The node's kubelet, asked for its pods while the API server is away; port 10250 of NODE_IP unless given.", "URL");
        _kubeletInsecure = kubernetes.Switch(
            "kubernetes.kubelet-insecure-skip-verify", "Take the kubelet's certificate as it is.");
        BufferOptions defaults = new();
        FlagGroup storage = _commandLine.Group("Buffer");
        _storagePath = storage.Text(
            "storage.agent.path", "data-agent/", "Folder of the buffer; one process at a time uses it.", "DIR");
        _segmentSize = storage.Size(
            "storage.agent.wal-segment-size", new ByteSize(defaults.SegmentSizeBytes),
            "Size of a file of the buffer, up to eight times that with very many series; room on disk comes back file by file.");
        _bufferMode = storage.Choice(
            "buffer.mode", "disk", ["disk", "memory"],
            "Where samples lie until every destination has them; in memory they end with the process.");
        _maxBytes = storage.Size(
            "buffer.max-bytes", new ByteSize(defaults.MaxBytes),
            "Above this the oldest samples go, delivered or not; in memory 64MiB unless given.");
        _maxAge = storage.Duration(
            "buffer.max-age", defaults.MaxAge,
            "Samples older than this go, delivered or not; --storage.agent.retention.max-time is the same flag.",
            "--storage.agent.retention.max-time");
        _encryptionKeyFile = storage.Text(
            "buffer.encryption-key-file", "",
            "File with a key of 32 bytes (as they are, in hexadecimal or base64): the buffer's files are encrypted with it.", "FILE");
        _truncateInterval = storage.Duration(
            "storage.agent.wal-truncate-frequency", defaults.TruncateInterval, "How often files that were delivered are deleted.");
        _noLockFile = storage.Switch(
            "storage.agent.no-lockfile", "Do not lock the buffer's folder against other processes.");
        _syncInterval = storage.Duration(
            "storage.agent.sync-interval", defaults.SyncInterval,
            "How much a power cut may lose; 0 waits for the disk after each scrape.");
        _flushDeadline = storage.Duration(
            "storage.remote.flush-deadline", TimeSpan.FromSeconds(5),
            "How long stopping goes on delivering what waits in memory; the rest is delivered after the next start.");
        _memoryLimit = storage.Size(
            "memory.limit", default,
            "Memory that the process may take, three quarters of it for what it holds; 0: what the container or the machine has.");
        FlagGroup availability = _commandLine.Group("High availability");
        _haCluster = availability.Text(
            "ha.cluster", "",
            "This is one of several agents that scrape the same targets: every series gets the labels cluster, with this name, and __replica__.",
            "NAME");
        _haReplica = availability.Text(
            "ha.replica", "", "The __replica__ of this agent; $POD_NAME or the host's name unless given.", "NAME");
        FlagGroup cost = _commandLine.Group("Cost");
        _costConfigFile = cost.Text(
            "cost.config-file", "", "YAML file with prices and quotas, where they differ from AMP's list prices.", "FILE");
        _dryRun = cost.Switch(
            "dry-run", "Scrape every target twice, print series, samples, bytes and cost a month, and end; nothing is sent or written.");
        _dryRunTimeout = cost.Duration(
            "dry-run.discovery-timeout", TimeSpan.FromSeconds(30), "How long a dry run waits for discovery.");
        Log = new LogFlags(_commandLine);
    }

    public LogFlags Log { get; }

    /// <summary>True when the configuration is to be checked and nothing started.</summary>
    public bool CheckOnly => _configCheck.Value;

    /// <summary>True when the cost of the configuration is to be estimated and nothing started.</summary>
    public bool DryRun => _dryRun.Value;

    public TimeSpan DryRunDiscoveryTimeout => _dryRunTimeout.Value;

    /// <summary>Memory that the process may take; zero for what there is.</summary>
    public ByteSize MemoryLimit => _memoryLimit.Value;

    /// <summary>The file with prices and quotas; empty for the defaults.</summary>
    public string CostConfigFile => _costConfigFile.Value;

    /// <summary>What the flags say, once they are read.</summary>
    public AgentSettings Settings => new()
    {
        Flags = [.. _commandLine.Flags.Select(static flag => KeyValuePair.Create(
            flag.Name, ConfigDownload.IsUrl(flag.ValueText) ? ConfigUrl.Shown(flag.ValueText) : flag.ValueText))],
        ConfigFile = DownloadUrl is null ? _configFile.Value : ConfigDownload.FileIn(_storagePath.Value),
        ConfigUrl = DownloadUrl,
        ExpandEnvironment = _expandEnvironment.Value,
        Features = _features.Value,
        AutoReloadInterval = !_autoReloadInterval.IsSet && _features.Value.Contains(PrometheusFeatures.AutoReload)
            ? s_autoReloadOfPrometheus
            : _autoReloadInterval.Value,
        StoragePath = _storagePath.Value,
        ListenAddress = _listenAddress.Value,
        MaxConnections = (int)_maxConnections.Value,
        EnableLifecycle = _enableLifecycle.Value,
        ExternalUrl = _externalUrl.Value.Length > 0 ? new Uri(_externalUrl.Value) : null,
        RoutePrefix = RoutePrefix,
        ResolvConf = _resolvConf.Value,
        ShardCount = (int)_shardCount.Value,
        ShardIndex = (int)_shardIndex.Value,
        Kubernetes = new KubernetesFlags
        {
            NodeLocal = _nodeLocal.Value,
            Annotations = _annotations.Value,
            KubeletUrl = _kubeletUrl.Value,
            KubeletInsecure = _kubeletInsecure.Value,
        },
        FlushDeadline = _flushDeadline.Value,
        EncryptionKeyFile = _encryptionKeyFile.Value,
        HaCluster = _haCluster.Value,
        HaReplica = _haReplica.Value.Length > 0
            ? _haReplica.Value
            : Environment.GetEnvironmentVariable("POD_NAME") is { Length: > 0 } pod ? pod : Environment.MachineName,
        Buffer = new BufferOptions
        {
            SegmentSizeBytes = InMemory && !_segmentSize.IsSet ? DefaultMemorySegmentBytes : _segmentSize.Value.Bytes,
            MaxSegmentSizeBytes = InMemory ? 0 : Math.Min(_segmentSize.Value.Bytes * SegmentGrowth, _maxBytes.Value.Bytes / SegmentsPerBuffer),
            MaxBytes = InMemory && !_maxBytes.IsSet ? DefaultMemoryBytes : _maxBytes.Value.Bytes,
            MaxAge = _maxAge.Value,
            Mode = InMemory ? BufferMode.Memory : BufferMode.Disk,
            UseLockFile = !_noLockFile.Value,
            TruncateInterval = _truncateInterval.Value,
            SyncInterval = _syncInterval.Value,
        },
    };

    /// <summary>With a slash at its beginning and none at its end; empty for none.</summary>
    private string RoutePrefix
    {
        get
        {
            string given = _routePrefix.IsSet ? _routePrefix.Value
                : _externalUrl.Value.Length > 0 ? new Uri(_externalUrl.Value).AbsolutePath : "";
            string trimmed = given.Trim('/');
            return trimmed.Length > 0 ? "/" + trimmed : "";
        }
    }

    private Uri? DownloadUrl => ConfigDownload.IsUrl(_configFile.Value) && Uri.TryCreate(_configFile.Value, UriKind.Absolute, out Uri? url) ? url : null;

    private bool InMemory => _bufferMode.Value == "memory";

    /// <summary>Reads the arguments; false when the program has to end with <paramref name="exitCode"/>.</summary>
    public bool TryRead(IReadOnlyList<string> args, TextWriter output, TextWriter error, out int exitCode)
    {
        if (!_commandLine.TryParse(args, output, error, out exitCode))
        {
            return false;
        }

        if (ConfigDownload.IsUrl(_configFile.Value) && DownloadUrl is null)
        {
            error.WriteLine($"error: flag --config.file: value refused (got '{_configFile.Value}', allowed: a file, or a URL such as https://host/prometheus.yml)");
            exitCode = ExitCode.Usage;
            return false;
        }

        if (_shardIndex.Value >= _shardCount.Value)
        {
            error.WriteLine(
                $"error: flag --sharding.index: value refused (got '{_shardIndex.ValueText}', allowed: less than --sharding.count={_shardCount.ValueText})");
            exitCode = ExitCode.Usage;
            return false;
        }

        return true;
    }
}
