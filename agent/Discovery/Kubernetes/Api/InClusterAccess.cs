using System.Globalization;
using AmpEdge.Hosting;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>The way into the cluster from one of its pods: two variables and a folder that the kubelet keeps fresh.</summary>
internal static class InClusterAccess
{
    /// <summary>Where a pod finds its token, the cluster's authorities and its namespace.</summary>
    public const string DefaultFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    private const string Host = "KUBERNETES_SERVICE_HOST";
    private const string Port = "KUBERNETES_SERVICE_PORT";

    /// <summary>
    /// The token is read anew for each request and the authorities when their file changes, so that what the kubelet
    /// replaces is taken up.
    /// </summary>
    /// <exception cref="ClusterAccessException">This is no pod.</exception>
    public static ClusterAccess Find(Func<string, string?> environment, string folder)
    {
        if (environment(Host) is not { Length: > 0 } host || environment(Port) is not { Length: > 0 } port)
        {
            throw new ClusterAccessException(
                $"this is not a pod of a cluster: {Host} and {Port} are not set; set kubeconfig_file or api_server");
        }

        string bracketed = host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[') ? $"[{host}]" : host;
        if (!Uri.TryCreate(string.Create(CultureInfo.InvariantCulture, $"https://{bracketed}:{port}/"), UriKind.Absolute, out Uri? server))
        {
            throw new ClusterAccessException($"{Host}='{host}' and {Port}='{port}' make no address");
        }

        return new ClusterAccess(server, new HttpClientConfig
        {
            Authorization = new AuthorizationConfig { CredentialsFile = Path.Combine(folder, "token") },
            Tls = new TlsConfig { CaFile = Path.Combine(folder, "ca.crt") },
        });
    }

    /// <summary>The namespace that the agent runs in.</summary>
    /// <exception cref="ClusterAccessException">It cannot be told.</exception>
    public static string OwnNamespace(string folder)
    {
        string file = Path.Combine(folder, "namespace");
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } name
                ? name
                : throw new ClusterAccessException($"own_namespace: {file} is empty");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ClusterAccessException($"own_namespace: {error.Message}");
        }
    }
}
