using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>A pod. Its <see cref="KubernetesObject.Meta"/> has its namespace too.</summary>
internal sealed class Pod(ObjectKey key, Labels meta) : KubernetesObject(key, meta)
{
    /// <summary>Empty while the pod has none, which makes no targets.</summary>
    public required string IP { get; init; }

    /// <summary>Empty before it is scheduled.</summary>
    public required string NodeName { get; init; }

    /// <summary>Null without one.</summary>
    public required ObjectOwner? Controller { get; init; }

    /// <summary>The containers proper, then the init containers, each in the order of the pod.</summary>
    public required Container[] Containers { get; init; }
}
