using System.Text.RegularExpressions;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>What a person sees, in a real browser.</summary>
public sealed partial class PagesTests
{
    [Fact]
    public async Task A_malformed_page_fails_the_scrape_and_the_targets_page_says_why()
    {
        using WorkingFolder folder = new();
        using ScriptedTarget good = new(_ => "a_metric 1\n");
        using ScriptedTarget bad = new(_ => "a_metric{unclosed=\"1\" 2\n");
        await using RunningProgram agent = await Pipeline.StartAgentAsync(folder, $"""
            global:
              scrape_interval: 500ms
              scrape_timeout: 500ms
            scrape_configs:
              - job_name: good
                static_configs:
                  - targets: ["{good.Address}"]
              - job_name: bad
                static_configs:
                  - targets: ["{bad.Address}"]
            """);
        await Eventually.TrueAsync(
            async () =>
            {
                string targets = await agent.GetAsync("/api/v1/targets");
                return targets.Contains("\"health\":\"up\"", StringComparison.Ordinal)
                    && targets.Contains("\"health\":\"down\"", StringComparison.Ordinal);
            },
            () => agent.Describe("the two targets were not both scraped"));

        string page = await Browser.RenderAsync(folder, $"http://{agent.Address}/targets");

        Assert.Contains($"http://{good.Address}/metrics", page, StringComparison.Ordinal);
        Assert.Contains($"http://{bad.Address}/metrics", page, StringComparison.Ordinal);
        Assert.Contains("DOWN", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("expected", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_is_not_there_leads_to_the_rule_that_dropped_it_and_a_series_to_what_becomes_of_it()
    {
        using WorkingFolder folder = new();
        using ScriptedTarget target = new(_ => "a_metric{code=\"1\"} 1\nnoisy_metric 2\n");
        await using RunningProgram agent = await Pipeline.StartAgentAsync(folder, $$"""
            global:
              scrape_interval: 500ms
              scrape_timeout: 500ms
            scrape_configs:
              - job_name: kept
                static_configs:
                  - targets: ["{{target.Address}}"]
                metric_relabel_configs:
                  - {source_labels: [__name__], regex: "noisy_.*", action: drop}
              - job_name: picky
                static_configs:
                  - targets: ["{{target.Address}}"]
                    labels: {env: test}
                relabel_configs:
                  - {source_labels: [env], target_label: stage}
                  - {source_labels: [stage], regex: test, action: drop}
            """);
        await Eventually.TrueAsync(
            async () => (await agent.GetAsync("/api/v1/targets")).Contains("\"health\":\"up\"", StringComparison.Ordinal),
            () => agent.Describe("the target was not scraped"));

        string dropped = await FollowAsync(folder, agent, "picky");
        string kept = await FollowAsync(folder, agent, "kept", "&series=" + Uri.EscapeDataString("noisy_metric 2"));

        Assert.Contains("relabel_configs[1]", dropped, StringComparison.Ordinal);
        Assert.Contains("dropped by this rule", dropped, StringComparison.Ordinal);
        Assert.Contains("it compared \"test\"", dropped, StringComparison.Ordinal);
        Assert.Contains("metric_relabel_configs[0]", kept, StringComparison.Ordinal);
        Assert.Contains("not stored", kept, StringComparison.Ordinal);
        Assert.Contains("a_metric{code=\"1\"}", kept, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/", "Overview")]
    [InlineData("/targets", "Targets")]
    [InlineData("/service-discovery", "Service discovery")]
    [InlineData("/cost", "Cost")]
    [InlineData("/status", "Status")]
    [InlineData("/config", "Configuration")]
    public async Task Every_page_shows_itself(string path, string heading)
    {
        using WorkingFolder folder = new();
        await using RunningProgram agent = await Pipeline.StartAgentAsync(folder, "global: {scrape_interval: 1m}\n");

        string page = await Browser.RenderAsync(folder, $"http://{agent.Address}{path}");

        Assert.Contains($"<h1>{heading}</h1>", page, StringComparison.Ordinal);
        Assert.Contains($"<a href=\".{path}\" class=\"here\">", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_a_reverse_proxy_every_link_stays_under_the_prefix()
    {
        using WorkingFolder folder = new();
        using ScriptedTarget target = new(_ => "a_metric 1\n");
        int port = Ports.Free();
        string config = folder.Write("agent.yml", $$"""
            scrape_configs: [{job_name: a, scrape_interval: 500ms, scrape_timeout: 500ms, static_configs: [{targets: ["{{target.Address}}"]}]}]
            """);
        await using RunningProgram agent = RunningProgram.Start(
            Programs.Agent,
            port,
            [
                $"--config.file={config}", $"--storage.agent.path={folder.At("agent-data")}", $"--web.listen-address=127.0.0.1:{port}",
                "--web.external-url=https://metrics.test/agent/",
            ],
            new Dictionary<string, string>());
        await agent.WaitUntilReadyAsync("/agent/-/ready");
        await Eventually.TrueAsync(
            async () => (await agent.GetAsync("/agent/api/v1/targets")).Contains("\"globalUrl\":\"http://metrics.test:", StringComparison.Ordinal),
            () => agent.Describe("the target has no global URL"));

        HashSet<string> seen = [];
        Queue<Uri> toVisit = new([new Uri(agent.Http.BaseAddress!, "/"), new Uri(agent.Http.BaseAddress!, "/agent")]);
        while (toVisit.TryDequeue(out Uri? next))
        {
            using HttpResponseMessage answer = await agent.Http.GetAsync(next, TestContext.Current.CancellationToken);
            Uri place = answer.RequestMessage!.RequestUri!;
            Assert.True(answer.IsSuccessStatusCode, $"{next} answered {answer.StatusCode}");
            Assert.StartsWith("/agent/", place.AbsolutePath, StringComparison.Ordinal);
            string page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Uri folderOfLinks = new(place, BaseOf().Match(page).Groups[1].Value);
            foreach (Match link in LinkOf().Matches(page))
            {
                Uri url = new(folderOfLinks, System.Net.WebUtility.HtmlDecode(link.Groups[1].Value));
                if (url.Port == port && seen.Add(url.GetLeftPart(UriPartial.Query)))
                {
                    toVisit.Enqueue(url);
                }
            }
        }

        Assert.Contains(seen, static url => url.Contains("/agent/service-discovery/target?", StringComparison.Ordinal));
        Assert.InRange(seen.Count, 14, 40);
    }

    [GeneratedRegex("<base href=\"([^\"]*)\">")]
    private static partial Regex BaseOf();

    [GeneratedRegex("<a href=\"([^\"]*)\"")]
    private static partial Regex LinkOf();

    /// <summary>The page of a job's only target, found by the link of the list.</summary>
    private static async Task<string> FollowAsync(WorkingFolder folder, RunningProgram agent, string job, string furtherQuery = "")
    {
        string list = await Browser.RenderAsync(folder, $"http://{agent.Address}/service-discovery?job={job}");
        int start = list.IndexOf("/service-discovery/target", StringComparison.Ordinal);
        Assert.True(start > 0, list);
        string link = list[start..list.IndexOf('"', start)].Replace("&amp;", "&", StringComparison.Ordinal);
        return await Browser.RenderAsync(folder, $"http://{agent.Address}{link}{furtherQuery}");
    }
}
