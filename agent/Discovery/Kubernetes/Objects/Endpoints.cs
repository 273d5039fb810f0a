using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>The addresses behind a service of the same name. Its <see cref="KubernetesObject.Meta"/> has its namespace too.</summary>
internal sealed class Endpoints(ObjectKey key, Labels meta) : KubernetesObject(key, meta)
{
    public required EndpointSubset[] Subsets { get; init; }

    /// <summary><c>truncated</c> or <c>warning</c> when a service has more addresses than fit here; else empty.</summary>
    public required string OverCapacity { get; init; }
}
