using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>An ingress. Its <see cref="KubernetesObject.Meta"/> has its namespace too.</summary>
internal sealed class Ingress(ObjectKey key, Labels meta) : KubernetesObject(key, meta)
{
    public required IngressRule[] Rules { get; init; }

    /// <summary>Hosts and patterns (<c>*.example.com</c>) that are served by TLS.</summary>
    public required string[] TlsHosts { get; init; }
}
