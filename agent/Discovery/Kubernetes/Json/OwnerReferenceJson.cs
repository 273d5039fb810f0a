namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>One of the owners of an object; at most one is its controller.</summary>
internal sealed class OwnerReferenceJson
{
    public string? Kind { get; set; }

    public string? Name { get; set; }

    public bool? Controller { get; set; }
}
