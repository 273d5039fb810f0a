namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Endpoints as the API sends them.</summary>
internal sealed class EndpointsJson
{
    public ObjectMetaJson? Metadata { get; set; }

    public List<Subset?>? Subsets { get; set; }

    internal sealed class Subset
    {
        public List<Address?>? Addresses { get; set; }

        public List<Address?>? NotReadyAddresses { get; set; }

        public List<EndpointPort?>? Ports { get; set; }
    }

    internal sealed class Address
    {
        public string? Ip { get; set; }

        public string? Hostname { get; set; }

        public string? NodeName { get; set; }

        public TargetReferenceJson? TargetRef { get; set; }
    }

    internal sealed class EndpointPort
    {
        public string? Name { get; set; }

        public int? Port { get; set; }

        public string? Protocol { get; set; }
    }
}
