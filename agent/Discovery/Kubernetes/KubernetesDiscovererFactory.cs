using AmpEdge.Agent.Config;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Turns entries of <c>kubernetes_sd_configs</c> into discoverers, which share their watches.</summary>
internal sealed class KubernetesDiscovererFactory(
    KubernetesSettings settings, ClusterWatches watches, KubernetesMetrics metrics, TimeProvider time, ILogger log)
{
    /// <summary>
    /// What a discoverer depends on, secrets included; never to be shown. A kubeconfig file that was changed makes
    /// another discoverer at the next reload.
    /// </summary>
    public static string Signature(KubernetesDiscoveryConfig config)
    {
        string signature = AgentConfigYaml.Signature(new DiscoveryConfigs { Kubernetes = [config] });
        if (config.KubeconfigFile.Length == 0)
        {
            return signature;
        }

        try
        {
            return signature + File.ReadAllText(config.KubeconfigFile);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The discoverer says so when it starts, and goes on looking for the file.
            return signature;
        }
    }

    public IDiscoverer Create(KubernetesDiscoveryConfig config) =>
        new KubernetesDiscoverer(config, settings, watches, metrics, time, log);
}
