using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Some of the addresses behind a service. Its <see cref="KubernetesObject.Meta"/> has its namespace too.</summary>
internal sealed class EndpointSlice(ObjectKey key, Labels meta) : KubernetesObject(key, meta)
{
    /// <summary><c>IPv4</c>, <c>IPv6</c> or <c>FQDN</c>.</summary>
    public required string AddressType { get; init; }

    /// <summary>From the label <c>kubernetes.io/service-name</c>; null for a slice without a service.</summary>
    public required string? ServiceName { get; init; }

    public required SliceEndpoint[] Items { get; init; }

    public required SlicePort[] Ports { get; init; }
}
