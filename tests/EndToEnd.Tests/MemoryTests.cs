using System.Globalization;
using System.Text;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

public sealed class MemoryTests
{
    [Fact]
    public async Task A_target_that_does_not_fit_into_memory_fails_and_the_others_go_on()
    {
        StringBuilder page = new();
        for (int series = 0; series < 600_000; series++)
        {
            page.Append(CultureInfo.InvariantCulture, $"m{{pod=\"pod-{series * 2654435761L % 1_000_000_007}\",shard=\"{series % 97}\"}} 1\n");
        }

        string huge = page.ToString();
        using WorkingFolder folder = new();
        using ScriptedTarget large = new(_ => huge);
        using ScriptedTarget small = new(_ => "a_metric 1\n");
        await using RunningProgram agent = await Pipeline.StartAgentAsync(
            folder,
            $"""
            scrape_configs:
              - job_name: large
                scrape_interval: 20s
                scrape_timeout: 20s
                static_configs:
                  - targets: ["{large.Address}"]
              - job_name: small
                scrape_interval: 500ms
                scrape_timeout: 500ms
                static_configs:
                  - targets: ["{small.Address}"]
            """,
            new Dictionary<string, string>(),
            "--memory.limit=64MiB");

        await Eventually.TrueAsync(
            async () => (await agent.GetAsync("/api/v1/targets?scrapePool=large")).Contains("\"lastError\":\"memory is full", StringComparison.Ordinal),
            () => agent.Describe("the large target did not fail for want of memory"), TimeSpan.FromMinutes(2));

        int scrapes = small.Scrapes;
        await Eventually.TrueAsync(
            async () => small.Scrapes > scrapes + 3
                && (await agent.GetAsync("/api/v1/targets?scrapePool=small")).Contains("\"health\":\"up\"", StringComparison.Ordinal),
            () => agent.Describe("the small target is scraped no more"));
        Assert.Equal(0, await agent.StopAsync());
    }
}
