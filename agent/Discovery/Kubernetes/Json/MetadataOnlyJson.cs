namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Any object, for those of which only the metadata counts.</summary>
internal sealed class MetadataOnlyJson
{
    public ObjectMetaJson? Metadata { get; set; }
}
