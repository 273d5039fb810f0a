namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>The <c>metadata</c> of an object.</summary>
internal sealed class ObjectMetaJson
{
    public string? Name { get; set; }

    public string? Namespace { get; set; }

    public string? Uid { get; set; }

    public string? ResourceVersion { get; set; }

    public Dictionary<string, string?>? Labels { get; set; }

    public Dictionary<string, string?>? Annotations { get; set; }

    public List<OwnerReferenceJson?>? OwnerReferences { get; set; }
}
