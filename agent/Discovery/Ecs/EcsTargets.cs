using System.Collections.Concurrent;
using AmpEdge.Agent.Config;
using AmpEdge.Prometheus;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Discovery;

/// <summary>The targets of <c>ecs_sd_configs</c> by the APIs of ECS and EC2: the tasks of a region, one group in all.</summary>
internal sealed class EcsTargets : ITargetSource
{
    /// <summary>Leaves room for the waits after throttling.</summary>
    private static readonly TimeSpan s_minTimeout = TimeSpan.FromMinutes(2);

    private readonly EcsDiscoveryConfig _config;
    private readonly AwsSession _session;
    private readonly EcsInventory _inventory;

    /// <param name="config">Which tasks, and which ports of them.</param>
    /// <param name="session">Carries requests; disposed of with this.</param>
    /// <param name="time">The clock of permissions that are missing.</param>
    /// <param name="log">Is told of them.</param>
    public EcsTargets(EcsDiscoveryConfig config, AwsSession session, TimeProvider time, ILogger log)
    {
        _config = config;
        _session = session;
        _inventory = new EcsInventory(
            config, new EcsClient(session), new Ec2Client(session),
            new OptionalPermission("the EC2 instances below tasks", time, log),
            new OptionalPermission("the public addresses of tasks", time, log));
    }

    public string Mechanism => "ecs";

    public TimeSpan RefreshInterval => _config.Api.RefreshInterval;

    public TimeSpan Timeout => RefreshInterval > s_minTimeout ? RefreshInterval : s_minTimeout;

    public async Task<RefreshAnswer> FindAsync(CancellationToken cancel)
    {
        string region = await _session.RegionAsync(cancel);
        EcsLabels labels = new(_config, region);
        List<Labels> targets = [];
        ConcurrentDictionary<string, bool> foundServices = new(StringComparer.Ordinal);
        foreach (EcsTaskView task in await _inventory.FindAsync(foundServices, cancel))
        {
            labels.Add(task, targets);
        }

        return new RefreshAnswer([new TargetGroup(region, targets, Labels.Empty)], Missing(foundServices));
    }

    public void Dispose() => _session.Dispose();

    private string? Missing(ConcurrentDictionary<string, bool> foundServices)
    {
        List<string> missing = [];
        foreach (string service in _config.Services)
        {
            if (!foundServices.ContainsKey(service))
            {
                missing.Add(service);
            }
        }

        return missing.Count == 0 ? null : $"in no cluster that is looked at: the services {string.Join(", ", missing)}";
    }
}
