namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>The object behind an address.</summary>
internal sealed class TargetReferenceJson
{
    public string? Kind { get; set; }

    public string? Namespace { get; set; }

    public string? Name { get; set; }
}
