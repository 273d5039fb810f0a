using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Makes the group of targets of an object, whatever its kind.</summary>
internal static class RoleTargets
{
    public static TargetGroup Build(KubernetesObject item, RelatedObjects related, LabelsBuilder labels) => item switch
    {
        Pod pod => PodTargets.Build(pod, related, labels),
        Node node => NodeTargets.Build(node, labels),
        Service service => ServiceTargets.Build(service, related, labels),
        Endpoints endpoints => EndpointsTargets.Build(endpoints, related, labels),
        EndpointSlice slice => EndpointSliceTargets.Build(slice, related, labels),
        Ingress ingress => IngressTargets.Build(ingress, related, labels),
        _ => throw new ArgumentOutOfRangeException(nameof(item), item.GetType().Name, "is no kind that targets are made of"),
    };

    /// <summary>The source of the group of an object, which may be gone.</summary>
    public static string SourceOf(ResourceKind kind, ObjectKey key) =>
        kind == ResourceKind.Services ? $"svc/{key}" : $"{kind.Role}/{key}";
}
