using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Credentials;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.SigV4;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Proxy;

/// <summary>The components of the proxy: credentials, admin listener, forwarding listener, started in this order.</summary>
internal sealed class ProxyHost : IDisposable
{
    private static readonly TimeSpan s_afterDrain = TimeSpan.FromSeconds(5);

    private readonly ProxyOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly TimeProvider _time;
    private readonly MetricRegistry _metrics = new();
    private readonly Readiness _readiness = new();
    private readonly UpstreamClient _client;
    private readonly UpstreamResolver _upstreams;
    private readonly CredentialComponent _credentials;

    /// <exception cref="StartFailedException">The options cannot work together on this machine.</exception>
    public ProxyHost(ProxyOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        LoopGuard.CheckUpstream(options);
        _options = options;
        _loggers = loggers;
        _time = time;
        _upstreams = new UpstreamResolver(options, AwsRegion.Find, time);
        _client = new UpstreamClient(options, time);
        _credentials = new CredentialComponent(
            new CredentialSettings
            {
                Roles = RoleHop.Single(options.RoleArn, options.RoleExternalId),
                RoleSessionName = options.RoleSessionName,
            },
            _metrics,
            _readiness,
            loggers.CreateLogger<CredentialComponent>(),
            time);
        Admin = CreateAdmin();
        Forwarding = CreateForwarding();
    }

    /// <summary>Where callers connect.</summary>
    public HttpServer Forwarding { get; }

    /// <summary>Health, readiness and metrics.</summary>
    public HttpServer Admin { get; }

    public void AddTo(ProcessHost host)
    {
        TimeSpan drain = _options.DrainTimeout + s_afterDrain;
        host.Add(_credentials).Add(Admin).Add(Forwarding, drain);
        LogStart(_loggers.CreateLogger<ProxyHost>());
    }

    public void Dispose()
    {
        Forwarding.Dispose();
        Admin.Dispose();
        _client.Dispose();
    }

    private HttpServer CreateAdmin()
    {
        ProcessMetrics.Register(_metrics, "ampedge-proxy", BuildVersion.Of(typeof(ProxyHost).Assembly));
        RouteTable routes = new();
        new ManagementEndpoints("AmpEdge Proxy", _metrics, _readiness).MapTo(routes);
        routes.Map("GET", "/healthz", context => context.WriteTextAsync(200, "ok"));
        HttpServerOptions options = new()
        {
            ListenAddress = _options.AdminListenAddress,
            MetricPrefix = "ampedge_proxy_admin",
        };
        return new HttpServer("admin", options, routes, _metrics, _loggers, _time);
    }

    private HttpServer CreateForwarding()
    {
        ForwardEndpoint endpoint = new(
            _options,
            _upstreams,
            () => CredentialAnswer.Of(_credentials.Source),
            _client,
            _metrics,
            _loggers.CreateLogger<ForwardEndpoint>(),
            _time);
        RouteTable routes = new();
        routes.Map("*", "/{*path}", endpoint.AnswerAsync);
        HttpServerOptions options = new()
        {
            ListenAddress = _options.ListenAddress,
            MaxConnections = _options.MaxConnections,
            MaxRequestBodyBytes = _options.MaxRequestBodyBytes,
            DrainTimeout = _options.DrainTimeout,
            MetricPrefix = "ampedge_proxy",
        };
        return new HttpServer("proxy", options, routes, _metrics, _loggers, _time);
    }

    private void LogStart(ILogger log)
    {
        if (_upstreams.Fixed is { } upstream)
        {
            SigningScope scope = upstream.Signer.Signer.Scope;
            ProxyLog.FixedUpstream(log, upstream.Origin, scope.Region, scope.Service);
        }
        else
        {
            ProxyLog.AnyUpstream(log);
        }

        if (_options.ListensOnLoopback)
        {
            ProxyLog.LoopbackOnly(log, ListenAddress.Parse(_options.ListenAddress).Port);
        }

        if (!_options.VerifyTls)
        {
            ProxyLog.TlsUnverified(log);
        }
    }
}
