using System.Linq;
using System.Text.RegularExpressions;
using AmpEdge.EndToEnd.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

public sealed partial class NodeExporterTests
{
    /// <summary>Families whose series come and go, or that differ by scraper.</summary>
    private const string Volatile = "scrape_.*|up|go_.*|process_.*|promhttp_.*|node_network_.*|node_cooling.*|node_disk_.*";

    /// <summary>Families that hold still while both scrape.</summary>
    private const string Constant =
        "node_uname_info|node_os_info|node_exporter_build_info|node_memory_MemTotal_bytes|node_boot_time_seconds"
        + "|node_filesystem_size_bytes|node_dmi_info|node_filefd_maximum|node_nf_conntrack_entries_limit";

    /// <summary>A node exporter shows more on any machine.</summary>
    private const int FewestSeries = 200;

    private const string SigV4 =
        $"sigv4: {{region: {Pipeline.Region}, access_key: {Pipeline.WriteKey}, secret_key: {Pipeline.WriteSecret}}}";

    [Fact]
    public async Task A_real_node_exporter_arrives_alike_through_Prometheus_and_through_the_agent()
    {
        using WorkingFolder folder = new();
        await using RunningProgram exporter = await Pipeline.StartNodeExporterAsync();
        await using RunningProgram server = await Pipeline.StartServerAsync(folder);
        await using RunningProgram proxy = await Pipeline.StartProxyAsync(server);
        await using RunningProgram prometheus = await Pipeline.StartPrometheusAsync(
            folder, Config("prometheus", exporter.Address, proxy));
        await using RunningProgram agent = await Pipeline.StartAgentAsync(
            folder, Config("agent", exporter.Address, server, SigV4));
        QueryClient query = new(proxy, Pipeline.ApiPrefix);
        foreach (string scraper in new[] { "prometheus", "agent" })
        {
            await Eventually.TrueAsync(
                async () => await query.ScalarAsync($$"""count_over_time(up{scraper="{{scraper}}"}[1m])""") >= 3,
                () => server.Describe(prometheus.Describe(agent.Describe($"nothing came through {scraper}"))));
        }

        // A scrape's series travel in several requests, so one of both may have come further; and after a scrape that failed both have none.
        SortedDictionary<string, List<(double Seconds, string Value)>> throughPrometheus = new(StringComparer.Ordinal);
        SortedDictionary<string, List<(double Seconds, string Value)>> throughAgent = new(StringComparer.Ordinal);
        await Eventually.TrueAsync(
            async () =>
            {
                throughPrometheus = await query.QueryAsync(Without("prometheus", $$"""{scraper="prometheus",__name__!~"{{Volatile}}"}"""));
                throughAgent = await query.QueryAsync(Without("agent", $$"""{scraper="agent",__name__!~"{{Volatile}}"}"""));
                return throughAgent.Count > FewestSeries && throughPrometheus.Keys.SequenceEqual(throughAgent.Keys);
            },
            () => $"through Prometheus {string.Join('\n', throughPrometheus.Keys)}\n\nthrough the agent {string.Join('\n', throughAgent.Keys)}");
        Assert.Equal(
            Values(await query.QueryAsync(Without("prometheus", $$"""{scraper="prometheus",__name__=~"{{Constant}}"}"""))),
            Values(await query.QueryAsync(Without("agent", $$"""{scraper="agent",__name__=~"{{Constant}}"}"""))));
    }

    /// <summary>One page, frozen: every value must arrive with the same bits through both.</summary>
    [Fact]
    public async Task A_frozen_page_of_the_node_exporter_gives_the_same_series_and_values_through_both()
    {
        using WorkingFolder folder = new();
        string page;
        await using (RunningProgram exporter = await Pipeline.StartNodeExporterAsync())
        {
            page = await exporter.GetAsync("/metrics");
        }

        using ScriptedTarget target = new(_ => page);
        await using RunningProgram server = await Pipeline.StartServerAsync(folder);
        await using RunningProgram proxy = await Pipeline.StartProxyAsync(server);
        await using RunningProgram prometheus = await Pipeline.StartPrometheusAsync(
            folder, Config("prometheus", target.Address, proxy));
        await using RunningProgram agent = await Pipeline.StartAgentAsync(
            folder, Config("agent", target.Address, server, SigV4));
        QueryClient query = new(proxy, Pipeline.ApiPrefix);
        foreach (string scraper in new[] { "prometheus", "agent" })
        {
            await Eventually.TrueAsync(
                async () => await query.ScalarAsync($$"""count_over_time(up{scraper="{{scraper}}"}[1m])""") >= 2,
                () => server.Describe(prometheus.Describe(agent.Describe($"nothing came through {scraper}"))));
        }

        Dictionary<string, string> throughPrometheus = Values(await query.QueryAsync(
            Without("prometheus", """{scraper="prometheus",__name__!~"scrape_.*|up"}""")));
        Dictionary<string, string> throughAgent = Values(await query.QueryAsync(
            Without("agent", """{scraper="agent",__name__!~"scrape_.*|up"}""")));

        Assert.Equal(Lines(throughPrometheus), Lines(throughAgent));
        Assert.True(throughAgent.Count > 300, $"only {throughAgent.Count} series of the node exporter");
    }

    /// <summary>Prometheus writes through the proxy; the agent signs by itself.</summary>
    private static string Config(string scraper, string target, RunningProgram destination, string sigV4 = "") => $"""
        global:
          scrape_interval: 1s
          external_labels:
            scraper: {scraper}
        scrape_configs:
          - job_name: node
            static_configs:
              - targets: ["{target}"]
        remote_write:
          - url: http://{destination.Address}{Pipeline.WritePath}
            queue_config:
              batch_send_deadline: 500ms
            {sigV4}
        """;

    /// <summary>Takes the one label off in which the two may differ, keeping the metric names.</summary>
    private static string Without(string scraper, string selector) =>
        $"""label_replace({selector}, "scraper", "", "scraper", "{scraper}")""";

    /// <summary>One text a series, so that a difference shows the series it is in.</summary>
    private static List<string> Lines(Dictionary<string, string> values)
    {
        List<string> lines = [];
        foreach ((string labels, string value) in values)
        {
            // As Prometheus 3 does, the agent writes le and quantile as floats; Debian's Prometheus 2 keeps integers.
            lines.Add($"{WholeBound().Replace(labels, "$1")} {value}");
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    private static Dictionary<string, string> Values(
        SortedDictionary<string, List<(double Seconds, string Value)>> series)
    {
        Dictionary<string, string> values = [];
        foreach ((string labels, List<(double Seconds, string Value)> samples) in series)
        {
            values.Add(labels, samples[^1].Value);
        }

        return values;
    }

    [GeneratedRegex("""(?<=,"(?:le|quantile)":")(\d+)\.0(?=")""")]
    private static partial Regex WholeBound();
}
