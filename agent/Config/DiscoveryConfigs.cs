namespace AmpEdge.Agent.Config;

/// <summary>Every way in which a job finds its targets, by kind.</summary>
internal sealed record DiscoveryConfigs
{
    public IReadOnlyList<StaticConfig> Static { get; init; } = [];

    public IReadOnlyList<FileDiscoveryConfig> File { get; init; } = [];

    public IReadOnlyList<HttpDiscoveryConfig> Http { get; init; } = [];

    public IReadOnlyList<DnsDiscoveryConfig> Dns { get; init; } = [];

    public IReadOnlyList<KubernetesDiscoveryConfig> Kubernetes { get; init; } = [];

    public IReadOnlyList<AwsDiscoveryConfig> Ec2 { get; init; } = [];

    public IReadOnlyList<EcsDiscoveryConfig> Ecs { get; init; } = [];

    public IReadOnlyList<AwsDiscoveryConfig> Aws { get; init; } = [];
}
