using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>
/// What is kept of an object of the cluster: its labels in the form in which targets get them, and the few fields that
/// targets are made of. Immutable; a change of the object makes a new one.
/// </summary>
/// <param name="key">The object's name.</param>
/// <param name="meta">
/// The <c>__meta_kubernetes_…</c> labels that tell of the object itself, made once when it arrives.
/// </param>
internal abstract class KubernetesObject(ObjectKey key, Labels meta)
{
    public ObjectKey Key { get; } = key;

    public Labels Meta { get; } = meta;
}
