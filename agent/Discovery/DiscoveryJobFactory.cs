using System.Globalization;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.Discovery.Kubernetes;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.SigV4;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Discovery;

/// <summary>Turns the discovery part of scrape configurations into discoverers.</summary>
/// <param name="createClient">Makes the HTTP clients of mechanisms that ask over HTTP.</param>
/// <param name="resolvConf">The file that says whom DNS discovery asks.</param>
/// <param name="kubernetes">Makes the discoverers of clusters.</param>
/// <param name="metrics">What all mechanisms count.</param>
/// <param name="awsMetrics">What the mechanisms of AWS count.</param>
/// <param name="time">The clock of all mechanisms.</param>
/// <param name="random">Spreads requests over time. Used by one thread at a time.</param>
/// <param name="log">Gets what goes wrong.</param>
internal sealed class DiscoveryJobFactory(
    Func<HttpClientConfig, HttpMessageInvoker> createClient,
    string resolvConf,
    KubernetesDiscovererFactory kubernetes,
    DiscoveryMetrics metrics,
    AwsMetrics awsMetrics,
    TimeProvider time,
    Random random,
    ILogger log)
{
    public DiscoveryJob Create(ScrapeConfig config)
    {
        List<KeyValuePair<string, Func<IDiscoverer>>> discoverers = [];
        if (config.Discovery.Static.Count > 0)
        {
            IReadOnlyList<TargetGroup> groups = Groups(config.Discovery.Static);
            discoverers.Add(new(Signature(groups), () => new StaticDiscoverer(groups)));
        }

        foreach (FileDiscoveryConfig file in config.Discovery.File)
        {
            string signature = string.Create(
                CultureInfo.InvariantCulture, $"file {file.RefreshInterval} {string.Join('\n', file.Files)}");
            discoverers.Add(new(
                signature, () => new FileDiscoverer(file.Files, file.RefreshInterval, metrics, time, log)));
        }

        foreach (HttpDiscoveryConfig http in config.Discovery.Http)
        {
            AddRefreshed(
                discoverers, config.JobName, new DiscoveryConfigs { Http = [http] },
                () => new HttpTargets(http, createClient(http.HttpClient), metrics));
        }

        foreach (DnsDiscoveryConfig dns in config.Discovery.Dns)
        {
            AddRefreshed(
                discoverers, config.JobName, new DiscoveryConfigs { Dns = [dns] },
                () => new DnsTargets(dns, new DnsResolver(resolvConf, time), metrics));
        }

        foreach (KubernetesDiscoveryConfig cluster in config.Discovery.Kubernetes)
        {
            discoverers.Add(new(KubernetesDiscovererFactory.Signature(cluster), () => kubernetes.Create(cluster)));
        }

        AddAws(discoverers, config);
        return new DiscoveryJob(config.JobName, discoverers);
    }

    private void AddAws(List<KeyValuePair<string, Func<IDiscoverer>>> discoverers, ScrapeConfig config)
    {
        foreach (AwsDiscoveryConfig ec2 in config.Discovery.Ec2)
        {
            AddRefreshed(discoverers, config.JobName, new DiscoveryConfigs { Ec2 = [ec2] }, () => CreateEc2(ec2));
        }

        foreach (EcsDiscoveryConfig ecs in config.Discovery.Ecs)
        {
            AddRefreshed(discoverers, config.JobName, new DiscoveryConfigs { Ecs = [ecs] }, () => CreateEcs(ecs));
        }

        foreach (AwsDiscoveryConfig aws in config.Discovery.Aws)
        {
            AddRefreshed(
                discoverers, config.JobName, new DiscoveryConfigs { Aws = [aws] },
                () => aws.Role == EcsClient.Service
                    ? CreateEcs(new EcsDiscoveryConfig { Api = aws, Port = aws.Port })
                    : CreateEc2(aws));
        }
    }

    private Ec2Targets CreateEc2(AwsDiscoveryConfig config) => new(config, CreateSession(config), time, log);

    private ITargetSource CreateEcs(EcsDiscoveryConfig config) => config.Source == EcsDiscoveryConfig.FromTaskMetadata
        ? new EcsMetadataTargets(config, createClient(config.Api.HttpClient), AwsSurroundings.OfProcess)
        : new EcsTargets(config, CreateSession(config.Api), time, log);

    private AwsSession CreateSession(AwsDiscoveryConfig config)
    {
        CredentialSettings settings = new()
        {
            StaticKeys = config is { AccessKey.Length: > 0, SecretKey: { } secret }
                ? new AwsCredentials(config.AccessKey, secret.Reveal())
                : null,
            Profile = config.Profile.Length > 0 ? config.Profile : null,
            Roles = RoleHop.Single(config.RoleArn, config.ExternalId),
        };
        return new AwsSession(
            config, createClient(config.HttpClient), new SdkCredentialProvider(settings, time), AwsSurroundings.OfProcess,
            awsMetrics, time, new Random(random.Next()));
    }

    private void AddRefreshed(
        List<KeyValuePair<string, Func<IDiscoverer>>> discoverers,
        string job,
        DiscoveryConfigs config,
        Func<ITargetSource> createSource) =>
        discoverers.Add(new(
            AgentConfigYaml.Signature(config),
            () => new RefreshDiscoverer(createSource(), job, metrics, time, new Random(random.Next()), log)));

    private static List<TargetGroup> Groups(IReadOnlyList<StaticConfig> configs)
    {
        List<TargetGroup> groups = [];
        LabelsBuilder labels = new();
        foreach (StaticConfig config in configs)
        {
            labels.Reset();
            foreach ((string name, string value) in config.Labels)
            {
                labels.Set(name, value);
            }

            List<Labels> targets = [];
            foreach (string target in config.Targets)
            {
                targets.Add(Labels.FromStrings("__address__", target));
            }

            groups.Add(new TargetGroup(groups.Count.ToString("D6", CultureInfo.InvariantCulture), targets, labels.Build()));
        }

        return groups;
    }

    private static string Signature(IReadOnlyList<TargetGroup> groups)
    {
        List<string> parts = ["static"];
        foreach (TargetGroup group in groups)
        {
            parts.Add(group.Labels.ToString());
            foreach (Labels target in group.Targets)
            {
                parts.Add(target.ToString());
            }
        }

        return string.Join('\n', parts);
    }
}
