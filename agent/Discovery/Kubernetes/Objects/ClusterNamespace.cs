using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>A namespace of the cluster, for what its labels and annotations tell.</summary>
internal sealed class ClusterNamespace(ObjectKey key, Labels meta) : KubernetesObject(key, meta);
