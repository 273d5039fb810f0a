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

    /// <summary>Names the Deployment of pods that a ReplicaSet controls.</summary>
    public bool AttachDeploymentMetadata { get; init; }

    /// <summary>Names the Job of its pods.</summary>
    public bool AttachJobMetadata { get; init; }

    /// <summary>Names the CronJob of the pods of its Jobs.</summary>
    public bool AttachCronJobMetadata { get; init; }

    public HttpClientConfig HttpClient { get; init; } = new();
}
