using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.Discovery;
using AmpEdge.Agent.Discovery.Kubernetes;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tests.Support.Kubernetes;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery.Kubernetes;

/// <summary>Discoverers of the agent in front of a replayed cluster, on a clock of the test's own.</summary>
internal sealed class DiscoveryWorld : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly List<FoundTargets> _found = [];

    public DiscoveryWorld(
        ReplayCluster? cluster = null, KubernetesSettings? settings = null, X509Certificate2? certificate = null,
        Func<HttpMessageHandler, HttpMessageHandler>? around = null)
    {
        Settings = settings ?? new KubernetesSettings();
        Server = new ReplayServer(cluster ?? new ReplayCluster(), certificate);
        Kubernetes = new KubernetesMetrics(Metrics);
        Watches = new ClusterWatches(
            config => new HttpMessageInvoker((around ?? (static inner => inner))(HttpHandlerBuilder.Build(config, Time))),
            Kubernetes, Settings, Time, Log);
    }

    public ManualTime Time { get; } = new();

    public ListLogger Log { get; } = new();

    public MetricRegistry Metrics { get; } = new();

    public KubernetesSettings Settings { get; }

    public KubernetesMetrics Kubernetes { get; }

    public ReplayServer Server { get; }

    public ReplayCluster Cluster => Server.Cluster;

    public ClusterWatches Watches { get; }

    /// <summary>Starts discovering by an entry of kubernetes_sd_configs, in YAML or JSON flow style, less its api_server.</summary>
    public FoundTargets Start(string entry, bool withToken = true) => Start(Read(entry, withToken));

    /// <summary>Starts discovering by an entry as it is.</summary>
    public FoundTargets Start(KubernetesDiscoveryConfig config)
    {
        KubernetesDiscoverer discoverer = new(config, Settings, Watches, Kubernetes, Time, Log);
        FoundTargets found = new(discoverer);
        _found.Add(found);
        return found;
    }

    /// <summary>The entry as the configuration reader reads it, pointed at this server.</summary>
    public KubernetesDiscoveryConfig Read(string entry, bool withToken = true)
    {
        string file = Path.GetTempFileName();
        try
        {
            string members = entry.Trim()[1..^1];
            string token = Server.Token is null || !withToken ? "" : $"authorization: {{credentials: {Server.Token}}}, ";
            File.WriteAllText(file, $$"""
                scrape_configs:
                - job_name: test
                  kubernetes_sd_configs:
                  - {api_server: "{{Server.Url}}", {{token}}{{members}}}
                """);
            ConfigResult<AgentConfig> config = AgentConfigLoader.Load(file);
            Assert.True(config.IsValid, string.Join('\n', config.Problems));
            return config.Config.ScrapeConfigs[0].Discovery.Kubernetes[0];
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The value of a line of the metrics page; 0 when there is no such line.</summary>
    public double Metric(string series)
    {
        ArrayBufferWriter<byte> page = new();
        Metrics.WriteTo(page, ExpositionFormat.Text004);
        foreach (string line in Encoding.UTF8.GetString(page.WrittenSpan).Split('\n'))
        {
            if (line.StartsWith(series + " ", StringComparison.Ordinal))
            {
                return double.Parse(line.AsSpan(series.Length + 1), CultureInfo.InvariantCulture);
            }
        }

        return 0;
    }

    /// <summary>How many events of a role were counted.</summary>
    public double EventsSeen(string role)
    {
        double seen = 0;
        foreach (string happened in (ReadOnlySpan<string>)["add", "update", "delete"])
        {
            seen += Metric($"prometheus_sd_kubernetes_events_total{{role=\"{role}\",event=\"{happened}\"}}");
        }

        return seen;
    }

    /// <summary>
    /// Waits until something is so. Time moves on over waits that are no longer than <paramref name="within"/>, so that
    /// changes settle and, when a test allows for it, retries come.
    /// </summary>
    public async Task UntilAsync(Func<bool> condition, Func<string> failure, TimeSpan? within = null)
    {
        long started = Stopwatch.GetTimestamp();
        using SemaphoreSlim never = new(0);
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > s_patience)
            {
                Assert.Fail($"{failure()}\n{Log}");
            }

            Time.AdvanceToNextTimer(within ?? RoleDiscovery.SettleTime);
            await never.WaitAsync(TimeSpan.FromMilliseconds(5));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (FoundTargets found in _found)
        {
            await found.DisposeAsync();
        }

        await Server.DisposeAsync();
    }
}
