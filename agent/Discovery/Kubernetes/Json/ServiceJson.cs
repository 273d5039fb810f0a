namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>A service as the API sends it.</summary>
internal sealed class ServiceJson
{
    public ObjectMetaJson? Metadata { get; set; }

    public ServiceSpec? Spec { get; set; }

    internal sealed class ServiceSpec
    {
        public string? Type { get; set; }

        public string? ClusterIP { get; set; }

        public string? ExternalName { get; set; }

        public string? LoadBalancerIP { get; set; }

        public List<ServicePort?>? Ports { get; set; }
    }

    internal sealed class ServicePort
    {
        public string? Name { get; set; }

        public int? Port { get; set; }

        public string? Protocol { get; set; }
    }
}
