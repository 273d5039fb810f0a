using AmpEdge.Hosting;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Where a cluster's API is and how to show oneself there.</summary>
/// <param name="Server">The API's address; may have a path before those of the API.</param>
/// <param name="HttpClient">Credentials, authorities and proxies; files that it names are read at each use.</param>
internal sealed record ClusterAccess(Uri Server, HttpClientConfig HttpClient)
{
    /// <summary>
    /// Equal for accesses that may share connections and watches. Holds secrets: never to be shown.
    /// </summary>
    public string Signature()
    {
        YamlWriter yaml = new() { RevealSecrets = true };
        yaml.Text("server", Server.AbsoluteUri);
        HttpClientConfigYaml.Write(yaml, HttpClient);
        return yaml.ToString();
    }
}
