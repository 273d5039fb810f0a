using System.Globalization;
using AmpEdge.EndToEnd.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

public sealed class AgentIntoPeersTests
{
    private const int Series = 50;

    [Fact]
    public async Task The_agent_delivers_into_Prometheus_and_into_VictoriaMetrics_at_once()
    {
        using WorkingFolder folder = new();
        using ScriptedTarget target = new(Page);
        await using RunningProgram prometheus = await Pipeline.StartPrometheusAsync(
            folder, "global: {}\n", "--web.enable-remote-write-receiver");
        await using RunningProgram victoria = await Pipeline.StartVictoriaMetricsAsync(folder);
        await using RunningProgram agent = await Pipeline.StartAgentAsync(folder, $"""
            global:
              scrape_interval: 1s
              external_labels:
                site: e2e
            scrape_configs:
              - job_name: scripted
                static_configs:
                  - targets: ["{target.Address}"]
                metric_relabel_configs:
                  - source_labels: [__name__]
                    regex: dropped_total
                    action: drop
            remote_write:
              - url: http://{prometheus.Address}/api/v1/write
                queue_config:
                  batch_send_deadline: 500ms
              - url: http://{victoria.Address}/api/v1/write
                queue_config:
                  batch_send_deadline: 500ms
                write_relabel_configs:
                  - target_label: via
                    replacement: victoria
            """);

        foreach (RunningProgram peer in new[] { prometheus, victoria })
        {
            QueryClient query = new(peer);
            await Eventually.TrueAsync(
                async () => await query.ScalarAsync("""count(scripted_total{site="e2e"})""") == Series
                    && await query.ScalarAsync("""up{job="scripted"}""") == 1,
                () => agent.Describe(peer.Describe("the scraped series did not arrive")));
            Assert.Null(await query.ScalarAsync("dropped_total"));
        }

        // Scrapes overlap, so the answers are compared where both have them: value n was scraped at one time only.
        SortedDictionary<string, List<(double Seconds, string Value)>> left =
            await new QueryClient(prometheus).QueryAsync("""scripted_total{index="7"}[5m]""");
        SortedDictionary<string, List<(double Seconds, string Value)>> right =
            await new QueryClient(victoria).QueryAsync("""scripted_total{index="7",via="victoria"}[5m]""");
        Dictionary<string, double> times = [];
        foreach ((double seconds, string value) in Assert.Single(left).Value)
        {
            times.Add(value, seconds);
        }

        int common = 0;
        foreach ((double seconds, string value) in Assert.Single(right).Value)
        {
            if (times.TryGetValue(value, out double expected))
            {
                Assert.Equal(expected, seconds, 3);
                common++;
            }
        }

        Assert.True(common > 0, "the two destinations have no scrape in common");
        Assert.Equal(0, await agent.StopAsync());
    }

    [Fact]
    public async Task A_target_that_goes_away_is_down_and_its_series_end()
    {
        using WorkingFolder folder = new();
        ScriptedTarget target = new(Page);
        await using RunningProgram prometheus = await Pipeline.StartPrometheusAsync(
            folder, "global: {}\n", "--web.enable-remote-write-receiver");
        await using RunningProgram agent = await Pipeline.StartAgentAsync(folder, $"""
            global:
              scrape_interval: 1s
            scrape_configs:
              - job_name: scripted
                static_configs:
                  - targets: ["{target.Address}"]
            remote_write:
              - url: http://{prometheus.Address}/api/v1/write
                queue_config:
                  batch_send_deadline: 500ms
            """);
        QueryClient query = new(prometheus);
        await Eventually.TrueAsync(
            async () => await query.ScalarAsync("""up{job="scripted"}""") == 1,
            () => agent.Describe("the target did not come up"));

        target.Dispose();

        await Eventually.TrueAsync(
            async () => await query.ScalarAsync("""up{job="scripted"}""") == 0
                && await query.ScalarAsync("count(scripted_total)") is null,
            () => agent.Describe("the series did not end with a staleness marker"));
        string targets = await agent.GetAsync("/api/v1/targets");
        Assert.Contains("\"health\":\"down\"", targets, StringComparison.Ordinal);
        Assert.Contains("refused", targets, StringComparison.OrdinalIgnoreCase);
    }

    private static string Page(int scrape)
    {
        System.Text.StringBuilder page = new("# TYPE scripted_total counter\n");
        for (int index = 0; index < Series; index++)
        {
            page.Append(CultureInfo.InvariantCulture, $"scripted_total{{index=\"{index}\"}} {scrape}\n");
        }

        return page.Append("dropped_total 1\n").ToString();
    }
}
