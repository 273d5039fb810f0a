using AmpEdge.Agent.Config;
using AmpEdge.Prometheus;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Discovery;

/// <summary>The targets of <c>ec2_sd_configs</c>: the instances of a region, one group in all.</summary>
internal sealed class Ec2Targets : ITargetSource
{
    /// <summary>Leaves room for the waits after throttling.</summary>
    private static readonly TimeSpan s_minTimeout = TimeSpan.FromMinutes(2);

    private readonly AwsDiscoveryConfig _config;
    private readonly AwsSession _session;
    private readonly Ec2Client _client;
    private readonly OptionalPermission _zones;

    /// <summary>Once known they stay: AWS gives an account's zones their ids for good.</summary>
    private Dictionary<string, string>? _zoneIds;

    /// <param name="config">What to look for.</param>
    /// <param name="session">Carries requests; disposed of with this.</param>
    /// <param name="time">The clock of a permission that is missing.</param>
    /// <param name="log">Is told of it.</param>
    public Ec2Targets(AwsDiscoveryConfig config, AwsSession session, TimeProvider time, ILogger log)
    {
        _config = config;
        _session = session;
        _client = new Ec2Client(session);
        _zones = new OptionalPermission("the availability zone ids of EC2 instances", time, log);
    }

    public string Mechanism => "ec2";

    public TimeSpan RefreshInterval => _config.RefreshInterval;

    public TimeSpan Timeout => _config.RefreshInterval > s_minTimeout ? _config.RefreshInterval : s_minTimeout;

    public async Task<RefreshAnswer> FindAsync(CancellationToken cancel)
    {
        string region = await _session.RegionAsync(cancel);
        _zoneIds ??= await _zones.TryAsync(() => _client.DescribeZonesAsync(cancel));
        List<Ec2Instance> instances = await _client.DescribeInstancesAsync(_config.Filters, cancel);
        Ec2Labels labels = new(region, _config.Port, _zoneIds ?? []);
        List<Labels> targets = [];
        foreach (Ec2Instance instance in instances)
        {
            if (labels.Make(instance) is { } target)
            {
                targets.Add(target);
            }
        }

        return new RefreshAnswer([new TargetGroup(region, targets, Labels.Empty)]);
    }

    public void Dispose() => _session.Dispose();
}
