using System.Linq;
using System.Reflection;
using AmpEdge.Agent.Api;
using AmpEdge.Agent.Budget;
using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.Cost;
using AmpEdge.Agent.Discovery;
using AmpEdge.Agent.Discovery.Kubernetes;
using AmpEdge.Agent.Pages;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Agent.Scrape;
using AmpEdge.Hosting;
using AmpEdge.Wal;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent;

/// <summary>
/// The agent's parts, built by hand. Data flows discovery → scraping → buffer → destinations; they start from the end
/// of that line and stop from its beginning, so that what was scraped is delivered or on disk.
/// </summary>
internal sealed class AgentHost : IDisposable
{
    private const string ProgramName = "AmpEdge Agent";

    private static readonly TimeSpan s_afterFlush = TimeSpan.FromSeconds(10);

    private readonly AgentSettings _settings;
    private readonly ILoggerFactory _loggers;
    private readonly TimeProvider _time;
    private readonly MetricRegistry _metrics = new();
    private readonly Readiness _readiness = new();
    private readonly AgentBuffer _buffer;
    private readonly ScrapeManager _scrapes;
    private readonly Destinations _destinations;
    private readonly Scraping _scraping;
    private readonly ConfigReloader<AgentConfig> _reloader;
    private readonly CostReporter _cost;
    private readonly QuotaWatch _quotas;
    private readonly MemoryWatch _memory;
    private readonly ScrapeThread _scrapeThread;
    private readonly PageServer _web;

    /// <exception cref="StartFailedException">The buffer's folder cannot be used.</exception>
    public AgentHost(
        AgentSettings settings, AgentConfig config, CostConfig cost, ILoggerFactory loggers, TimeProvider time)
    {
        _settings = settings;
        _loggers = loggers;
        _time = time;
        _reloader = new ConfigReloader<AgentConfig>(
            config, () => Load(settings), "prometheus", _metrics, loggers, time);
        _buffer = OpenBuffer();
        _scrapeThread = new ScrapeThread(time);

        // A look is short, and when it collects garbage every thread waits anyway.
        _memory = new MemoryWatch(
            _buffer.Memory, Heap.Read, Heap.Collect, _scrapeThread, _metrics, loggers.CreateLogger<MemoryWatch>());
        HighAvailability availability = new(
            settings.HaCluster, settings.HaReplica, _metrics, time, loggers.CreateLogger<HighAvailability>());
        _scrapes = new ScrapeManager(
            new BufferStore(_buffer, availability), new ScrapeMetrics(_metrics), time, loggers.CreateLogger<ScrapeManager>(),
            thread: _scrapeThread);
        _scraping = new ScrapingFactory(settings, CreateClient, _metrics, time, loggers).Create(config, _scrapes, CreatedAfter());
        _destinations = new Destinations(config, new DestinationFactory(
            _buffer, CreateWriteClient, _scrapes.Metadata, availability, settings.FlushDeadline, time, _metrics,
            loggers.CreateLogger<QueueManager>()));
        _reloader.OnChange(_destinations.ApplyAsync);
        _reloader.OnChange(_scraping.ApplyAsync);
        _cost = new CostReporter(_scrapes, _buffer.Series, cost, time);
        _quotas = new QuotaWatch(
            SentSamples, () => _buffer.Series.Count, cost.Quotas, _metrics, time, loggers.CreateLogger<QuotaWatch>());
        _web = CreateWeb();
    }

    /// <summary>Reads the configuration and the kubeconfig files that it names.</summary>
    public static ConfigResult<AgentConfig> Load(AgentSettings settings)
    {
        ConfigResult<AgentConfig> loaded = AgentConfigLoader.Load(
            settings.ConfigFile, expandEnvironment: settings.ExpandEnvironment,
            basis: new ConfigBasis { Buffer = settings.Buffer, Global = PrometheusFeatures.DefaultsWith(settings.Features) });
        if (loaded.Config is not { } config)
        {
            return loaded;
        }

        IReadOnlyList<ConfigProblem> problems = Kubeconfig.Check(config);
        if (problems.Count > 0)
        {
            return new ConfigResult<AgentConfig>(null, problems);
        }

        config = settings.Kubernetes.Annotations ? AnnotationRules.AddTo(config) : config;
        config = settings.ShardCount > 1 ? ShardingRules.AddTo(config, settings.ShardCount, settings.ShardIndex) : config;
        return new ConfigResult<AgentConfig>(config, []);
    }

    /// <summary>Reads the file again and applies what changed; null, or what is wrong with it.</summary>
    public Task<string?> ReloadAsync(CancellationToken cancel) =>
        Download is null ? _reloader.ReloadAsync(cancel) : Download.ReloadAsync(_reloader.ReloadAsync, cancel);

    /// <summary>Where the configuration comes from when it is no file of the user's; not owned.</summary>
    public ConfigDownload? Download { get; init; }

    public void AddTo(ProcessHost host)
    {
        foreach (string feature in _settings.Features)
        {
            AgentLog.Feature(_loggers.CreateLogger<AgentHost>(), feature, PrometheusFeatures.MeaningOf(feature));
        }

        host
            .AddLoop("memory", _memory.RunAsync)
            .AddLoop("buffer", _buffer.RunAsync)
            .Add(_destinations, _settings.FlushDeadline + s_afterFlush)
            .Add(_scraping)
            .AddLoop("quotas", _quotas.RunAsync)
            .Add(_web);
        if (Download is { } download)
        {
            TimeSpan interval = _settings.AutoReloadInterval > TimeSpan.Zero ? _settings.AutoReloadInterval : ConfigDownload.DefaultInterval;
            host.AddLoop("config download", stop => download.RunAsync(
                _reloader.ReloadAsync, interval, _loggers.CreateLogger<ConfigDownload>(), stop));
        }
        else if (_settings.AutoReloadInterval > TimeSpan.Zero)
        {
            ConfigWatch watch = new(
                () => ConfigFiles.Of(_reloader.Current), ReloadAsync, _settings.AutoReloadInterval, _time,
                _loggers.CreateLogger<ConfigWatch>());
            host.AddLoop("config watch", watch.RunAsync);
        }
    }

    public void Dispose()
    {
        _web.Dispose();
        _scraping.Dispose();
        _scrapeThread.Dispose();
        _buffer.Dispose();
        _reloader.Dispose();
    }

    private List<SentSamples> SentSamples()
    {
        List<SentSamples> sent = [];
        foreach (QueueManager queue in _destinations.Queues)
        {
            sent.Add(new SentSamples(queue.Name, queue.Progress.SamplesOut));
        }

        return sent;
    }

    /// <summary>
    /// Whether series begin at the time at which they were created; after a start over a buffer that had samples, only those that were
    /// created since, as nobody knows what the others had.
    /// </summary>
    private long? CreatedAfter() =>
        !_settings.Features.Contains(PrometheusFeatures.CreatedTimestamps) ? null
        : _buffer.Wal.TotalBytes > 0 ? _time.GetUtcNow().ToUnixTimeMilliseconds()
        : long.MinValue;

    private AgentBuffer OpenBuffer()
    {
        BufferOptions options = _settings.Buffer;
        string subject = $"--buffer.encryption-key-file={_settings.EncryptionKeyFile}";
        try
        {
            if (_settings.EncryptionKeyFile.Length > 0)
            {
                options = options with { Cipher = EncryptionKeyFile.Read(_settings.EncryptionKeyFile) };
            }

            subject = $"--storage.agent.path={_settings.StoragePath}";
            IFileSystem files = options.Mode == BufferMode.Memory ? new MemoryFileSystem() : new DiskFileSystem();
            return AgentBuffer.Open(
                files, _settings.StoragePath, options, _time, _loggers.CreateLogger<AgentBuffer>(), new BufferMetrics(_metrics));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            string wanted = options.Cipher is null && _settings.EncryptionKeyFile.Length > 0
                ? "a file with 32 bytes that this user may read"
                : "a folder that no other agent uses and that this user may write to; it is made when it is not there";
            throw new StartFailedException($"{subject}: {error.Message} (wanted: {wanted})", error);
        }
    }

    private HttpMessageInvoker CreateClient(HttpClientConfig config) => new(HttpHandlerBuilder.Build(config, _time));

    private HttpMessageInvoker CreateWriteClient(RemoteWriteConfig config) => new(HttpHandlerBuilder.Build(
        config.HttpClient, _time, new HttpTransportLimits { RoundRobinDns = config.RoundRobinDns }));

    private PageServer CreateWeb()
    {
        BuildVersion version = BuildVersion.Of(Assembly.GetExecutingAssembly());
        ProcessMetrics.Register(_metrics, "ampedge-agent", version);
        PrometheusMetrics.Register(_metrics, version, () => _readiness.Reasons().Count == 0);
        ProgramStatus status = new(version, _settings, _reloader, _time);
        RouteTable routes = new(_settings.RoutePrefix)
        {
            NotFound = _settings.RoutePrefix.Length > 0 ? AnswerOutsideAsync : null,
        };
        new ManagementEndpoints(ProgramName, _metrics, _readiness)
        {
            Reload = ReloadAsync,
            LifecycleEnabled = _settings.EnableLifecycle,
        }.MapTo(routes);
        routes.Map("GET", "/api/v1/targets", new TargetsEndpoint(_scrapes, _settings.ExternalUrl?.Host ?? Environment.MachineName).AnswerAsync);
        new MetadataEndpoints(_scrapes).MapTo(routes);
        new StatusEndpoints(status, _scrapes).MapTo(routes);
        ServerOnlyEndpoints.MapTo(routes);
        routes.Map(
            "GET", "/",
            new OverviewPage(_scrapes, () => _destinations.Queues, () => _buffer.Wal.TotalBytes, status).AnswerAsync);
        routes.Map("GET", "/targets", new TargetsPage(_scrapes, _time).AnswerAsync);
        routes.Map("GET", ServiceDiscoveryPage.Path, new ServiceDiscoveryPage(_scrapes, _scraping.DiscoveryOf).AnswerAsync);
        routes.Map("GET", TargetDebugPage.Path, new TargetDebugPage(_scrapes, () => _destinations.Queues, _metrics).AnswerAsync);
        routes.Map("GET", "/status", new StatusPage(status).AnswerAsync);
        routes.Map("GET", "/cost", new CostPage(_cost, _quotas).AnswerAsync);
        routes.Map("GET", "/api/v1/status/cardinality", new CardinalityEndpoint(_cost, _quotas).AnswerAsync);
        routes.Map("GET", "/config", new ConfigPage(status.PrintConfig).AnswerAsync);
        HttpServerOptions options = new()
        {
            ListenAddress = _settings.ListenAddress,
            MaxConnections = _settings.MaxConnections,
            MaxRequestBodyBytes = 1 << 16,
        };
        return new PageServer("web", options, routes, _metrics, _loggers, _time);
    }

    /// <summary>Who asks for the bare address, or for the prefix without its slash, is sent to the first page.</summary>
    private Task AnswerOutsideAsync(HttpExchange exchange)
    {
        string path = exchange.Target.RawPath;
        if (_settings.RoutePrefix.Length > 0 && (path == "/" || path == _settings.RoutePrefix))
        {
            exchange.SetHeader("Location", _settings.RoutePrefix + "/");
            return exchange.WriteTextAsync(302, "Found");
        }

        return exchange.WriteTextAsync(404, "there is no such page here");
    }
}
