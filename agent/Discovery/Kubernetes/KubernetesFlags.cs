namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>What the flags say of Kubernetes.</summary>
internal sealed record KubernetesFlags
{
    public const string Auto = "auto";
    public const string On = "on";
    public const string Off = "off";

    /// <summary>Whether role pod is limited to the agent's own node; <see cref="Auto"/> when the node is known.</summary>
    public string NodeLocal { get; init; } = Auto;

    /// <summary>Whether the annotations prometheus.io/scrape and so on are honoured.</summary>
    public bool Annotations { get; init; }

    /// <summary>Empty: port 10250 of the node's address.</summary>
    public string KubeletUrl { get; init; } = "";

    public bool KubeletInsecure { get; init; }
}
