using System.Globalization;
using System.Text;

namespace AmpEdge.Benchmarks.Agents;

/// <summary>The same configuration for every agent.</summary>
internal static class ScrapeConfiguration
{
    /// <summary>Writes <c>prometheus.yml</c> into a folder and returns its path.</summary>
    public static string Write(string folder, BenchmarkedAgent agent, BenchmarkSize size, int targetPort, string writeUrl)
    {
        StringBuilder yaml = new();
        string interval = string.Create(CultureInfo.InvariantCulture, $"{size.Interval.TotalSeconds}s");
        yaml.AppendLine(CultureInfo.InvariantCulture, $"global: {{scrape_interval: {interval}, scrape_timeout: {interval}}}");
        yaml.AppendLine("scrape_configs:\n- job_name: bench\n  static_configs:");
        for (int target = 0; target < size.Targets; target++)
        {
            yaml.AppendLine(CultureInfo.InvariantCulture, $"  - targets: ['127.0.0.1:{targetPort}']");
            yaml.AppendLine(CultureInfo.InvariantCulture, $"    labels: {{__metrics_path__: /t/{target}/metrics, instance: 'host-{target}.example:9100', namespace: shop, node: ip-10-0-{target}-17.eu-west-1.compute.internal, pod: checkout-5d8f7c9b6-x{target}}}");
        }

        if (agent.WritesFromConfig)
        {
            yaml.AppendLine(CultureInfo.InvariantCulture, $"remote_write:\n- url: {writeUrl}");
        }

        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, "prometheus.yml");
        File.WriteAllText(file, yaml.ToString());
        return file;
    }
}
