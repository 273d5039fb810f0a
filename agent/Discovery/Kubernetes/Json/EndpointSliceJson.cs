namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>A slice of endpoints as the API sends it.</summary>
internal sealed class EndpointSliceJson
{
    public ObjectMetaJson? Metadata { get; set; }

    public string? AddressType { get; set; }

    public List<Endpoint?>? Endpoints { get; set; }

    public List<EndpointSlicePort?>? Ports { get; set; }

    internal sealed class Endpoint
    {
        public List<string?>? Addresses { get; set; }

        public EndpointConditions? Conditions { get; set; }

        public string? Hostname { get; set; }

        public string? NodeName { get; set; }

        public string? Zone { get; set; }

        public TargetReferenceJson? TargetRef { get; set; }
    }

    internal sealed class EndpointConditions
    {
        public bool? Ready { get; set; }

        public bool? Serving { get; set; }

        public bool? Terminating { get; set; }
    }

    internal sealed class EndpointSlicePort
    {
        public string? Name { get; set; }

        public string? Protocol { get; set; }

        [System.Text.Json.Serialization.JsonPropertyName("port")]
        public int? Number { get; set; }

        public string? AppProtocol { get; set; }
    }
}
