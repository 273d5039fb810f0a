using AmpEdge.Hosting;

namespace AmpEdge.Agent.Config;

/// <summary>Targets from a Kubernetes API server.</summary>
internal sealed record KubernetesDiscoveryConfig
{
    public required string Role { get; init; }

    /// <summary>Empty: the cluster that the agent runs in.</summary>
    public string ApiServer { get; init; } = "";

    public string KubeconfigFile { get; init; } = "";

    public bool OwnNamespace { get; init; }

    /// <summary>Empty: all of them.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    public IReadOnlyList<KubernetesSelector> Selectors { get; init; } = [];

    public bool AttachNodeMetadata { get; init; }

    public bool AttachNamespaceMetadata { get; init; }

    public HttpClientConfig HttpClient { get; init; } = new();
}
