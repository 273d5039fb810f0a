using AmpEdge.Hosting;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>What flags and the environment say of the cluster that the agent runs in.</summary>
internal sealed record KubernetesSettings
{
    private const string NodeNameVariable = "NODE_NAME";
    private const string NodeAddressVariable = "NODE_IP";
    private const int KubeletPort = 10250;

    /// <summary>The node whose pods alone role pod watches; empty: those of all nodes.</summary>
    public string LocalNode { get; init; } = "";

    /// <summary>Where the node's kubelet is; null: nothing stands in for the API server.</summary>
    public Uri? Kubelet { get; init; }

    /// <summary>Whether the kubelet's certificate is taken as it is: many clusters leave it self-signed.</summary>
    public bool KubeletInsecure { get; init; }

    /// <summary>Where a pod finds its credentials.</summary>
    public string ServiceAccountFolder { get; init; } = InClusterAccess.DefaultFolder;

    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Puts flags and variables together.</summary>
    /// <exception cref="StartFailedException">A flag asks for what the environment does not give.</exception>
    public static KubernetesSettings From(KubernetesFlags flags, Func<string, string?> environment)
    {
        string node = environment(NodeNameVariable) ?? "";
        if (flags.NodeLocal == KubernetesFlags.On && node.Length == 0)
        {
            throw new StartFailedException(
                $"--kubernetes.node-local=on: {NodeNameVariable} is not set; "
                + "set it from spec.nodeName in the DaemonSet, or leave the flag at auto");
        }

        string address = environment(NodeAddressVariable) ?? "";
        bool local = flags.NodeLocal != KubernetesFlags.Off && node.Length > 0;
        return new KubernetesSettings
        {
            LocalNode = local ? node : "",
            Kubelet = local ? FindKubelet(flags.KubeletUrl, address) : null,
            KubeletInsecure = flags.KubeletInsecure,
            Environment = environment,
        };
    }

    private static Uri? FindKubelet(string url, string address)
    {
        if (url.Length == 0)
        {
            return address.Length == 0 ? null : new Uri($"https://{HostPort.Join(address, KubeletPort)}");
        }

        return Uri.TryCreate(url, UriKind.Absolute, out Uri? kubelet) && kubelet.Scheme is "http" or "https"
            ? kubelet
            : throw new StartFailedException(
                $"--kubernetes.kubelet-url: is no address (got '{url}', allowed: a URL such as https://10.0.0.1:10250)");
    }
}
