using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>A node of the cluster.</summary>
internal sealed class Node(ObjectKey key, Labels meta) : KubernetesObject(key, meta)
{
    public required string ProviderId { get; init; }

    /// <summary>The first address of each type, in the order of the node.</summary>
    public required KeyValuePair<string, string>[] Addresses { get; init; }

    public required int KubeletPort { get; init; }
}
