using AmpEdge.Agent.Config;
using AmpEdge.Agent.Discovery;
using AmpEdge.Agent.Discovery.Kubernetes;
using AmpEdge.Hosting;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Scrape;

/// <summary>Puts discovery of every kind in front of scraping.</summary>
/// <param name="settings">What the flags say of discovery.</param>
/// <param name="createClient">Makes the HTTP clients of targets and of discovery.</param>
/// <param name="metrics">What discovery counts.</param>
/// <param name="time">The clock of all of it.</param>
/// <param name="loggers">Gets what goes wrong.</param>
internal sealed class ScrapingFactory(
    AgentSettings settings,
    Func<HttpClientConfig, HttpMessageInvoker> createClient,
    MetricRegistry metrics,
    TimeProvider time,
    ILoggerFactory loggers)
{
    /// <param name="config">The configuration to begin with.</param>
    /// <param name="scrapes">Gets the jobs.</param>
    /// <param name="createdAfterMs"><see cref="ScrapeCacheOptions.CreatedAfterMs"/>.</param>
    public Scraping Create(AgentConfig config, ScrapeManager scrapes, long? createdAfterMs = null)
    {
        DiscoveryMetrics counts = new(metrics);
        ILogger log = loggers.CreateLogger<DiscoveryManager>();
        KubernetesMetrics kubernetes = new(metrics);
        KubernetesSettings cluster = KubernetesSettings.From(settings.Kubernetes, Environment.GetEnvironmentVariable);
        KubernetesDiscovererFactory clusters = new(
            cluster, new ClusterWatches(createClient, kubernetes, cluster, time, log), kubernetes, time, log);
        return new Scraping(
            config,
            scrapes,
            new DiscoveryManager(scrapes.SyncAsync, counts, time, log),
            new DiscoveryJobFactory(
                createClient, settings.ResolvConf, clusters, counts, new AwsMetrics(metrics), time,
                new Random(RandomSeed.Next()), log),
            createClient,
            new ScrapeFailureLogs(ScrapeFailureLogs.OpenFile, time),
            time,
            createdAfterMs);
    }
}
