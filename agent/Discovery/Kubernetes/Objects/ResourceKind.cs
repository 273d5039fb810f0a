namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>A kind of objects that the API serves, and how it is read.</summary>
internal sealed class ResourceKind
{
    private ResourceKind(string role, string group, string plural, bool isNamespaced, ReadObject read)
    {
        Role = role;
        Group = group;
        Plural = plural;
        IsNamespaced = isNamespaced;
        Read = read;
    }

    public static ResourceKind Pods { get; } = new("pod", "/api/v1", "pods", true, ObjectReader.ReadPod);

    public static ResourceKind Nodes { get; } = new("node", "/api/v1", "nodes", false, ObjectReader.ReadNode);

    public static ResourceKind Services { get; } = new("service", "/api/v1", "services", true, ObjectReader.ReadService);

    public static ResourceKind Endpoints { get; } =
        new("endpoints", "/api/v1", "endpoints", true, ObjectReader.ReadEndpoints);

    public static ResourceKind EndpointSlices { get; } =
        new("endpointslice", "/apis/discovery.k8s.io/v1", "endpointslices", true, ObjectReader.ReadEndpointSlice);

    public static ResourceKind Ingresses { get; } =
        new("ingress", "/apis/networking.k8s.io/v1", "ingresses", true, ObjectReader.ReadIngress);

    public static ResourceKind Namespaces { get; } =
        new("namespace", "/api/v1", "namespaces", false, ObjectReader.ReadNamespace);

    public static ResourceKind ReplicaSets { get; } =
        new("replicaset", "/apis/apps/v1", "replicasets", true, ObjectReader.ReadOwned);

    public static ResourceKind Jobs { get; } = new("job", "/apis/batch/v1", "jobs", true, ObjectReader.ReadOwned);

    /// <summary>Prometheus's word for one of them: in metrics, in selectors, and the name of a discovery role.</summary>
    public string Role { get; }

    /// <summary>The API group and version, as a path.</summary>
    public string Group { get; }

    /// <summary>The API's word for all of them.</summary>
    public string Plural { get; }

    /// <summary>False for what belongs to the whole cluster.</summary>
    public bool IsNamespaced { get; }

    public ReadObject Read { get; }

    /// <summary>The kind that a role makes targets of.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such role; the configuration was checked for that.</exception>
    public static ResourceKind OfRole(string role) => role switch
    {
        "pod" => Pods,
        "node" => Nodes,
        "service" => Services,
        "endpoints" => Endpoints,
        "endpointslice" => EndpointSlices,
        "ingress" => Ingresses,
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "no such role"),
    };

    public override string ToString() => Plural;
}
