using System.Globalization;
using AmpEdge.Agent.Config;
using AmpEdge.Prometheus;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Discovery;

/// <summary>Turns the discovery part of scrape configurations into discoverers.</summary>
internal sealed class DiscoveryJobFactory(DiscoveryMetrics metrics, TimeProvider time, ILogger log)
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

        return new DiscoveryJob(config.JobName, discoverers);
    }

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
