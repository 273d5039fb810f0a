using AmpEdge.Hosting;

namespace AmpEdge.Agent.Config;

/// <summary>The files that a configuration consists of, for telling whether it has changed.</summary>
internal static class ConfigFiles
{
    /// <summary>
    /// The file itself, those of <c>scrape_config_files</c> as they are now, and the credentials, certificates and kubeconfigs
    /// that any of them names. Target files are not among them: discovery watches those by itself.
    /// </summary>
    public static IReadOnlyList<string> Of(AgentConfig config)
    {
        List<string> files = [config.File];
        // A folder that cannot be read has no files now; reading it again at a reload says so.
        files.AddRange(ScrapeConfigFiles.Find(config.ScrapeConfigFiles, static _ => { }));
        foreach (ScrapeConfig scrape in config.ScrapeConfigs)
        {
            files.AddRange(scrape.HttpClient.Files);
            AddDiscovery(files, scrape.Discovery);
        }

        foreach (RemoteWriteConfig write in config.RemoteWrites)
        {
            files.AddRange(write.HttpClient.Files);
        }

        return files;
    }

    private static void AddDiscovery(List<string> files, DiscoveryConfigs discovery)
    {
        foreach (HttpDiscoveryConfig http in discovery.Http)
        {
            files.AddRange(http.HttpClient.Files);
        }

        foreach (KubernetesDiscoveryConfig kubernetes in discovery.Kubernetes)
        {
            files.AddRange(kubernetes.HttpClient.Files);
            if (kubernetes.KubeconfigFile.Length > 0)
            {
                files.Add(kubernetes.KubeconfigFile);
            }
        }

        List<AwsDiscoveryConfig> clouds = [.. discovery.Ec2, .. discovery.Aws];
        foreach (EcsDiscoveryConfig ecs in discovery.Ecs)
        {
            clouds.Add(ecs.Api);
        }

        foreach (AwsDiscoveryConfig cloud in clouds)
        {
            files.AddRange(cloud.HttpClient.Files);
        }
    }
}
