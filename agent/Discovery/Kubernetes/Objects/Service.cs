using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>A service. Its <see cref="KubernetesObject.Meta"/> has its namespace too.</summary>
internal sealed class Service(ObjectKey key, Labels meta) : KubernetesObject(key, meta)
{
    public const string ExternalNameType = "ExternalName";
    public const string LoadBalancerType = "LoadBalancer";

    public required string Type { get; init; }

    public required string ClusterIP { get; init; }

    public required string ExternalName { get; init; }

    public required string LoadBalancerIP { get; init; }

    public required ContainerPort[] Ports { get; init; }
}
