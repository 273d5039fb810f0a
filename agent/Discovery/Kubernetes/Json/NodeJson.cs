namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>A node as the API sends it.</summary>
internal sealed class NodeJson
{
    public ObjectMetaJson? Metadata { get; set; }

    public NodeSpec? Spec { get; set; }

    public NodeStatus? Status { get; set; }

    internal sealed class NodeSpec
    {
        public string? ProviderID { get; set; }
    }

    internal sealed class NodeStatus
    {
        public List<NodeAddress?>? Addresses { get; set; }

        public NodeEndpoints? DaemonEndpoints { get; set; }
    }

    internal sealed class NodeAddress
    {
        public string? Type { get; set; }

        public string? Address { get; set; }
    }

    internal sealed class NodeEndpoints
    {
        public NodeEndpoint? KubeletEndpoint { get; set; }
    }

    /// <summary>The only field of the API that is spelled with a capital.</summary>
    internal sealed class NodeEndpoint
    {
        [System.Text.Json.Serialization.JsonPropertyName("Port")]
        public int? Port { get; set; }
    }
}
