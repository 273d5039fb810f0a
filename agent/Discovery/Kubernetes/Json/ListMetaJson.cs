namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>The <c>metadata</c> of a list.</summary>
internal sealed class ListMetaJson
{
    /// <summary>Where a watch begins.</summary>
    public string? ResourceVersion { get; set; }

    /// <summary>Asks for the next page; null or empty on the last.</summary>
    public string? Continue { get; set; }
}
