using AmpEdge.Agent.Config;
using AmpEdge.Hosting;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>The targets of one entry of <c>kubernetes_sd_configs</c>.</summary>
internal sealed class KubernetesDiscoverer : IDiscoverer, IStatusReporter
{
    /// <summary>Between two looks for a way into the cluster.</summary>
    public static readonly TimeSpan AccessRetry = TimeSpan.FromSeconds(15);

    private readonly KubernetesDiscoveryConfig _config;
    private readonly KubernetesSettings _settings;
    private readonly ClusterWatches _watches;
    private readonly KubernetesMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private volatile IReadOnlyList<RoleDiscovery> _parts = [];
    private volatile string? _accessProblem;

    public KubernetesDiscoverer(
        KubernetesDiscoveryConfig config,
        KubernetesSettings settings,
        ClusterWatches watches,
        KubernetesMetrics metrics,
        TimeProvider time,
        ILogger log)
    {
        _config = config;
        _settings = settings;
        _watches = watches;
        _metrics = metrics;
        _time = time;
        _log = log;
    }

    /// <summary>The latest word from the cluster, and the first of what goes wrong.</summary>
    public DiscovererStatus Status
    {
        get
        {
            DateTimeOffset? last = null;
            string? problem = _accessProblem;
            foreach (RoleDiscovery part in _parts)
            {
                foreach (ResourceWatch watch in part.Watches)
                {
                    problem ??= watch.Problem;
                    last = watch.LastContact is { } contact && (last is null || contact > last) ? contact : last;
                }
            }

            return new DiscovererStatus("kubernetes", last, TimeSpan.Zero, problem);
        }
    }

    public async Task RunAsync(Action<IReadOnlyList<TargetGroup>> report, CancellationToken stop)
    {
        (ClusterAccess access, List<string> namespaces) = await FindAccessAsync(stop);
        List<RoleDiscovery> parts = [];
        try
        {
            foreach (string ofNamespace in namespaces)
            {
                parts.Add(await CreatePartAsync(access, ofNamespace));
            }

            _parts = parts;
            await Task.WhenAll(parts.ConvertAll(part => part.RunAsync(report, stop)));
        }
        finally
        {
            foreach (RoleDiscovery part in parts)
            {
                await part.DisposeAsync();
            }
        }
    }

    private async Task<RoleDiscovery> CreatePartAsync(ClusterAccess access, string ofNamespace)
    {
        List<(ResourceKind Kind, WatchLease Lease)> leases = [];
        try
        {
            foreach (ResourceRequest request in RoleRequests.For(_config, ofNamespace, _settings.LocalNode))
            {
                leases.Add((request.Kind, _watches.Acquire(access, request)));
            }

            return new RoleDiscovery(_config, leases, _metrics, _time, _log);
        }
        catch (Exception)
        {
            // What was begun before must not go on for nobody.
            foreach ((_, WatchLease lease) in leases)
            {
                await lease.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>Looks until there is one: a file may come late, and a reload is not needed then.</summary>
    private async Task<(ClusterAccess Access, List<string> Namespaces)> FindAccessAsync(CancellationToken stop)
    {
        RepeatedErrorGate gate = new(_time);
        while (true)
        {
            try
            {
                (ClusterAccess, List<string>) found = (FindAccess(), FindNamespaces());
                _accessProblem = null;
                return found;
            }
            catch (ClusterAccessException error)
            {
                _accessProblem = error.Message;
                _metrics.CountFailure(ResourceKind.OfRole(_config.Role), "access");
                if (gate.ShouldLog(error.Message, out _))
                {
                    KubernetesLog.NoAccess(_log, error.Message, AccessRetry.TotalSeconds);
                }
            }

            await Task.Delay(AccessRetry, _time, stop);
        }
    }

    private ClusterAccess FindAccess()
    {
        if (_config.ApiServer.Length > 0)
        {
            return new ClusterAccess(new Uri(_config.ApiServer), _config.HttpClient);
        }

        return _config.KubeconfigFile.Length > 0
            ? Kubeconfig.Load(_config.KubeconfigFile)
            : InClusterAccess.Find(_settings.Environment, _settings.ServiceAccountFolder);
    }

    /// <summary>One watch for all namespaces, or one for each that is named.</summary>
    private List<string> FindNamespaces()
    {
        List<string> namespaces = [];
        foreach (string name in _config.Namespaces)
        {
            if (!namespaces.Contains(name))
            {
                namespaces.Add(name);
            }
        }

        if (_config.OwnNamespace && InClusterAccess.OwnNamespace(_settings.ServiceAccountFolder) is { } own
            && !namespaces.Contains(own))
        {
            namespaces.Add(own);
        }

        return namespaces.Count == 0 || !ResourceKind.OfRole(_config.Role).IsNamespaced ? [""] : namespaces;
    }
}
