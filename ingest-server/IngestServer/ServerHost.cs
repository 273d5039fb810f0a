using System.Reflection;
using AmpEdge.Hosting;
using AmpEdge.IngestServer.Auth;
using AmpEdge.IngestServer.Config;
using AmpEdge.IngestServer.DataPlane;
using AmpEdge.IngestServer.Federation;
using AmpEdge.IngestServer.Ingest;
using AmpEdge.IngestServer.Pages;
using AmpEdge.IngestServer.Query;
using AmpEdge.IngestServer.QueryLogging;
using AmpEdge.IngestServer.RemoteRead;
using AmpEdge.IngestServer.Status;
using AmpEdge.IngestServer.Workspaces;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Wal;
using Microsoft.Extensions.Logging;

namespace AmpEdge.IngestServer;

/// <summary>
/// The server's parts, built by hand: workspaces, guard, query and write endpoints, pages and listeners. Requests flow
/// listener → guard → endpoint → workspace.
/// </summary>
internal sealed class ServerHost : IDisposable
{
    private const string ProgramName = "AmpEdge Server";

    private readonly ServerSettings _settings;
    private readonly ILoggerFactory _loggers;
    private readonly TimeProvider _time;
    private readonly MetricRegistry _metrics = new();
    private readonly Readiness _readiness = new();
    private readonly WorkspaceTable _workspaces;
    private readonly RequestGuard _guard;
    private readonly Engine _engine;
    private readonly RemoteReadGate _remoteReads;
    private readonly LineFile _queryLog;
    private readonly ConfigReloader<ServerConfig> _reloader;
    public ServerHost(
        ServerSettings settings, ServerConfig config, IFileSystem files, ILoggerFactory loggers, TimeProvider time)
    {
        _settings = settings;
        _loggers = loggers;
        _time = time;
        _reloader = new ConfigReloader<ServerConfig>(
            config, () => ServerConfigLoader.Load(settings.ConfigFile), "ampedge", _metrics, loggers, time);
        WorkspaceOpener opener = new(settings.StoragePath, files, _metrics, loggers, time);
        _workspaces = new WorkspaceTable(opener, loggers.CreateLogger<WorkspaceTable>());
        _metrics.BeforeCollect(_workspaces.UpdateMetrics);
        _engine = new Engine(settings.Engine, time);
        _remoteReads = new RemoteReadGate(settings.RemoteRead.MaxConcurrency, _metrics);
        _queryLog = QueryLogFile.Create(config.QueryLogFile, _metrics, time, loggers.CreateLogger<LineFile>());
        _readiness.Require(() => _workspaces.NotReady);
        CrossOrigin crossOrigin = new(AnchoredRegex.Create(settings.CorsOrigin));
        _guard = new RequestGuard(
            settings.WithoutAuth ? null : new AccessTable(config, time),
            _workspaces, crossOrigin, new GuardMetrics(_metrics),
            new AuditLog(loggers.CreateLogger<AuditLog>(), time), loggers.CreateLogger<RequestGuard>());
        _reloader.OnChange(_workspaces.OpenAsync);
        _reloader.OnChange(TakePrincipals);
        _reloader.OnChange(ReopenQueryLog);

        RouteTable routes = new() { NotFound = KestrelHandler.Of(AnswerNotFound) };
        MapDataPlane(routes, crossOrigin);
        ProcessMetrics.Register(_metrics, "ampedge-server", BuildVersion.Of(typeof(ServerHost).Assembly));
        bool pagesHere = settings.ManagementAddress.Length == 0 && ListenAddress.Parse(settings.ListenAddress).IsLoopback;
        MapManagement(routes, everything: pagesHere);
        Web = NewListener("web", settings.ListenAddress, routes);
        if (settings.ManagementAddress.Length > 0)
        {
            RouteTable management = new() { NotFound = KestrelHandler.Of(AnswerNotFound) };
            MapManagement(management, everything: true);
            Management = NewListener("management", settings.ManagementAddress, management);
        }
    }

    /// <summary>The main listener.</summary>
    public HttpServer Web { get; }

    /// <summary>The listener of metrics, reload and pages, when it is not the main one.</summary>
    public HttpServer? Management { get; }

    /// <summary>Asks the process to end; set by the program, called by <c>/-/quit</c>.</summary>
    public Action<string> RequestStop { get; set; } = static _ => { };

    /// <summary>
    /// The parts in start order: listeners answer "not ready" while the workspaces replay their logs, which begins before they do,
    /// and stop before the workspaces close.
    /// </summary>
    public IEnumerable<IComponent> Components()
    {
        yield return _queryLog;
        yield return _workspaces;
        OpenWorkspaces opening = new(_workspaces, _reloader.Current);
        yield return opening;
        if (Management is not null)
        {
            yield return Management;
        }

        yield return Web;
        yield return new WorkspacesOpened(opening);
    }

    /// <summary>Reads the file again and takes workspaces and principals from it; null, or what is wrong with it.</summary>
    public Task<string?> ReloadAsync(CancellationToken cancel) => _reloader.ReloadAsync(cancel);

    public void Dispose()
    {
        Web.Dispose();
        Management?.Dispose();
        _workspaces.Dispose();
        _reloader.Dispose();
        _engine.Dispose();
        _remoteReads.Dispose();
        _queryLog.Dispose();
    }

    private Task ReopenQueryLog(ServerConfig config, CancellationToken cancel)
    {
        _queryLog.Open(config.QueryLogFile);
        return Task.CompletedTask;
    }

    private Task TakePrincipals(ServerConfig config, CancellationToken cancel)
    {
        _guard.Replace(new AccessTable(config, _time));
        return Task.CompletedTask;
    }

    private void MapDataPlane(RouteTable routes, CrossOrigin crossOrigin)
    {
        QueryGate gate = new(_settings.Engine.MaxConcurrency, _metrics);
        QueryRunner queries = new(
            _engine, gate, new QueryMetrics(_metrics, _engine, _settings.Engine.MaxConcurrency),
            new QueryLogger(_queryLog, _time), _settings.PerStepStatistics);
        QueryEndpoints query = new(
            queries, gate, _settings.Engine.Parser,
            new AdminEndpoints(_settings.EnableAdminApi, _time), new ServerStatus(_settings, _reloader, _time), _time,
            _loggers.CreateLogger<QueryEndpoints>());
        WriteEndpoints write = new(!_settings.StrictAmp, _time, _loggers.CreateLogger<WriteEndpoint>());
        FederationEndpoint federation = new(
            _settings.Engine.LookbackDelta, gate, _metrics, _time, _loggers.CreateLogger<FederationEndpoint>());
        RemoteReadEndpoint remoteRead = new(
            _settings.RemoteRead, _remoteReads, _loggers.CreateLogger<RemoteReadEndpoint>());
        DataPlaneRoutes dataPlane = new(routes, _guard, _workspaces, crossOrigin, query, write, federation, remoteRead);
        dataPlane.MapWorkspaces(extensions: !_settings.StrictAmp);
        if (_settings.WithoutAuth)
        {
            dataPlane.MapRoot();
        }
    }

    private void MapManagement(RouteTable routes, bool everything)
    {
        ManagementEndpoints endpoints = new(ProgramName, _metrics, _readiness)
        {
            Reload = ReloadAsync,
            LifecycleEnabled = _settings.EnableLifecycle,
        };
        if (!everything)
        {
            endpoints.MapHealthTo(routes);
            return;
        }

        endpoints.MapTo(routes);
        routes.Map("POST,PUT", "/-/quit", AnswerQuit);
        BuildVersion version = BuildVersion.Of(Assembly.GetExecutingAssembly());
        routes.Map("GET", "/", new HomePage(routes, version.Version, signed: !_settings.WithoutAuth).AnswerAsync);
        routes.Map("GET", "/explore", new Page("explore.html").AnswerAsync);
        routes.Map("GET", "/pages/explore.js", new Page("explore.js").AnswerAsync);
        routes.Map("GET", "/pages/pages.css", new Page("pages.css").AnswerAsync);
    }

    private HttpServer NewListener(string name, string address, RouteTable routes) =>
        new(name, new HttpServerOptions { ListenAddress = address }, routes, _metrics, _loggers, _time);

    private Task AnswerQuit(HttpContext context)
    {
        if (!_settings.EnableLifecycle)
        {
            return context.WriteTextAsync(StatusCodes.Status403Forbidden, "Lifecycle API is not enabled.");
        }

        RequestStop("POST /-/quit");
        return context.WriteTextAsync(StatusCodes.Status200OK, "Requesting termination... Goodbye!");
    }

    private static Task AnswerNotFound(HttpContext context) =>
        context.WriteTextAsync(StatusCodes.Status404NotFound, "404 page not found");
}
