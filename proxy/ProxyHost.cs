using AmpEdge.Hosting;
using AmpEdge.Proxy.AccessLog;
using AmpEdge.Proxy.Caching;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Credentials;
using AmpEdge.Proxy.FanOut;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.Proxy.Listening;
using AmpEdge.Proxy.Routing;
using AmpEdge.Proxy.Usage;
using AmpEdge.Proxy.WriteFiltering;
using AmpEdge.SigV4;
using AmpEdge.Wal;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Proxy;

/// <summary>The components of the proxy: routes with their credentials, admin listener, listeners, started in this order.</summary>
internal sealed class ProxyHost : IDisposable
{
    private static readonly TimeSpan s_afterDrain = TimeSpan.FromSeconds(5);

    private readonly ProxySettings _settings;
    private readonly ILoggerFactory _loggers;
    private readonly TimeProvider _time;
    private readonly MetricRegistry _metrics = new();
    private readonly Readiness _readiness = new();
    private readonly StopNotice _stop;
    private readonly ResponseForwarder _forwarder;
    private readonly RouteSetBuilder _builder;
    private readonly CurrentRoutes _routes;
    private readonly UsageObserver? _usage;
    private readonly ForwardEndpoint _endpoint;
    private readonly AccessLogger _accessLog;
    private readonly LoopGuard _loops = new(Guid.NewGuid().ToString("N")[..12]);
    private readonly VirtualWorkspaceBuilder _virtualWorkspaces;
    private readonly ConfigReloader<ProxyConfig>? _reloader;

    /// <exception cref="StartFailedException">The configuration cannot work on this machine.</exception>
    public ProxyHost(ProxySettings settings, ProxyConfig config, ILoggerFactory loggers, TimeProvider time)
    {
        _settings = settings;
        _loggers = loggers;
        _time = time;
        _stop = new StopNotice(_readiness, time);
        CredentialSources credentials = new(_metrics, _readiness, loggers.CreateLogger<CredentialSources>(), time);
        _virtualWorkspaces = new VirtualWorkspaceBuilder(settings.MaxBufferedBytes, _metrics, _loops, time);
        _usage = CreateUsage(config.Usage);
        SigningClocks clocks = new(_metrics, loggers.CreateLogger<SigningClocks>(), time);
        _builder = new RouteSetBuilder(
            credentials.Take, _virtualWorkspaces, AwsRegion.Find, clocks, loggers.CreateLogger<CallerCheck>(), time,
            new Random(RandomSeed.Next()))
        {
            Caches = new ReadCaches(_metrics, settings.MaxBufferedBytes, time),
            WriteFilters = new WriteFilterMetrics(_metrics),
            Usage = _usage,
        };
        _routes = new CurrentRoutes(_builder.Build(config));
        _forwarder = new ResponseForwarder(time);
        _accessLog = new AccessLogger(
            config.AccessLog, _metrics, time, new Random(RandomSeed.Next()), loggers.CreateLogger<AccessLogger>());
        _endpoint = CreateEndpoint();
        _reloader = CreateReloader(config);
        Admin = CreateAdmin();
        Listeners = new ListenerTable(config.Listeners, CreateListener);
        LogStart(config);
    }

    /// <summary>Health, readiness and metrics.</summary>
    public HttpServer Admin { get; }

    /// <summary>Where callers connect.</summary>
    public ListenerTable Listeners { get; }

    public void AddTo(ProcessHost host)
    {
        host.Add(_routes);
        if (_usage is not null)
        {
            host.Add(_usage);
        }

        host.Add(_accessLog.File).Add(Admin).Add(Listeners, _settings.DrainTimeout + s_afterDrain).Add(_stop);
        if (_reloader is not null && _settings.ConfigFile is { } file)
        {
            host.OnReload = () => _reloader.ReloadAsync(CancellationToken.None);
            if (_settings.AutoReloadInterval > TimeSpan.Zero)
            {
                ConfigWatch watch = new(
                    () => [file], _reloader.ReloadAsync, _settings.AutoReloadInterval, _time,
                    _loggers.CreateLogger<ConfigWatch>());
                host.AddLoop("config watch", watch.RunAsync);
            }
        }
    }

    public void Dispose()
    {
        Listeners.Dispose();
        Admin.Dispose();
        _usage?.Dispose();
        _forwarder.Dispose();
        _reloader?.Dispose();
        _virtualWorkspaces.Dispose();
        _accessLog.File.Dispose();
    }

    /// <summary>Null without a file: the flags do not change. Routes come first, so that new listeners find theirs.</summary>
    private ConfigReloader<ProxyConfig>? CreateReloader(ProxyConfig config)
    {
        if (_settings.ConfigFile is not { } file)
        {
            return null;
        }

        ConfigReloader<ProxyConfig> reloader = new(
            config, () => ProxyConfigLoader.Load(file, _settings.AdminListenAddress), "ampedge_proxy", _metrics, _loggers, _time);
        reloader.OnChange((next, _) =>
        {
            _routes.Replace(_builder.Build(next));
            _usage?.Apply(next.Usage);
            return Task.CompletedTask;
        });
        reloader.OnChange((next, _) =>
        {
            _accessLog.Apply(next.AccessLog);
            return Task.CompletedTask;
        });
        reloader.OnChange((next, cancel) => Listeners.ApplyAsync(next.Listeners, cancel));
        return reloader;
    }

    private ForwardEndpoint CreateEndpoint()
    {
        BodyBudget budget = new(_settings.MaxBufferedBytes);
        ForwardMetrics metrics = new(_metrics, budget);
        ILogger log = _loggers.CreateLogger<ForwardEndpoint>();
        UpstreamCall upstream = new(_settings, _forwarder, _loops, metrics, log, _time, _usage);
        RequestJournal journal = new(new RouteTraffic(_metrics), _accessLog, _time);
        return new ForwardEndpoint(_routes, new RequestAdmission(_loops), budget, upstream, metrics, journal, _stop, log);
    }

    private UsageObserver? CreateUsage(UsageConfig usage) => usage.Enable
        ? new UsageObserver(
            usage, new DiskFileSystem(), _metrics, _loggers.CreateLogger<UsageObserver>(), _time, RandomSeed.Next())
        : null;

    private HttpServer CreateAdmin()
    {
        ProcessMetrics.Register(_metrics, "ampedge-proxy", BuildVersion.Of(typeof(ProxyHost).Assembly));
        RouteTable routes = new();
        new ManagementEndpoints("AmpEdge Proxy", _metrics, _readiness)
        {
            Reload = _reloader is null ? null : _reloader.ReloadAsync,
            LifecycleEnabled = _settings.MayReload,
        }.MapTo(routes);
        routes.Map("GET", "/healthz", context => context.WriteTextAsync(200, "ok"));
        if (_usage is not null)
        {
            new UsageEndpoint(_usage.Report).MapTo(routes);
        }

        HttpServerOptions options = new()
        {
            ListenAddress = _settings.AdminListenAddress,
            MetricPrefix = "ampedge_proxy_admin",
            // Says what is the matter while callers have to wait.
            SpareDescriptors = FileDescriptors.SpareForUpkeep,
        };
        return new HttpServer("admin", options, routes, _metrics, _loggers, _time);
    }

    private HttpServer CreateListener(ListenerConfig listener)
    {
        ServerTls? tls = listener.Tls is null
            ? null
            : new ServerTls(listener.Name, listener.Tls, _loggers.CreateLogger<ServerTls>(), _time);
        RouteTable routes = new();
        routes.Map("*", "/{*}", (context, target) => _endpoint.AnswerAsync(context, target, listener.Name));
        HttpServerOptions options = new()
        {
            ListenAddress = listener.Address,
            UnixSocket = listener.Socket,
            Tls = tls is null ? null : () => tls.Current,
            MaxConnections = listener.MaxConnections,
            MaxRequestBodyBytes = LimitsConfig.MostRequestBodyBytes,
            DrainTimeout = _settings.DrainTimeout,
            MetricPrefix = "ampedge_proxy",
            InlineHandlers = true,
        };
        return new HttpServer(listener.Name, options, routes, _metrics, _loggers, _time);
    }

    private void LogStart(ProxyConfig config)
    {
        ILogger log = _loggers.CreateLogger<ProxyHost>();
        FileDescriptors descriptors = FileDescriptors.OfProcess;
        if (descriptors.Limit is { } limit and < FileDescriptors.FewestForService)
        {
            ProxyLog.FewFileDescriptors(log, limit, descriptors.Spared(FileDescriptors.SpareForCallers));
        }

        foreach (ProxyRoute route in _routes.Current.Routes)
        {
            if (route.Virtual is not null)
            {
                ProxyLog.VirtualWorkspace(log, route.Name, route.Config.VirtualWorkspace ?? "");
            }
            else if (route.Upstreams.Fixed is { } upstream)
            {
                SigningScope scope = upstream.Signer.Signer.Scope;
                ProxyLog.FixedUpstream(log, route.Name, upstream.Origin, scope.Region, scope.Service);
            }
            else
            {
                ProxyLog.AnyUpstream(log, route.Name);
            }

            if (!route.Config.Upstream.VerifyTls)
            {
                ProxyLog.TlsUnverified(log, route.Name);
            }
        }

        if (_settings.ConfigFile is null && config.Listeners is [{ IsLocal: true } listener])
        {
            ProxyLog.LoopbackOnly(log, ListenAddress.Parse(listener.Address).Port);
        }
    }
}
