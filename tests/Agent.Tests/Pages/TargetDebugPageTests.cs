using System.Text.RegularExpressions;
using AmpEdge.Agent.Discovery;
using AmpEdge.Agent.Pages;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Agent.Scrape;
using AmpEdge.Agent.Tests.Api;
using AmpEdge.Agent.Tests.Scrape;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Agent.Tests.Pages;

/// <summary>The list of what was discovered, and the page of one target that it leads to.</summary>
public sealed class TargetDebugPageTests : IAsyncLifetime
{
    private readonly ScrapeManager _scrapes = new(
        new RecordingStore(), new ScrapeMetrics(new MetricRegistry()), new ManualTime(), NullLogger.Instance);

    public async ValueTask InitializeAsync()
    {
        await _scrapes.ApplyAsync(
        [
            ScrapeJobs.Create("node/a&b") with
            {
                RelabelRules =
                [
                    RelabelRule.Compile(new RelabelConfig { SourceLabels = ["__meta_zone"], TargetLabel = "zone" }),
                    RelabelRule.Compile(new RelabelConfig { SourceLabels = ["zone"], Regex = "far", Action = RelabelAction.Drop }),
                    RelabelRule.Compile(new RelabelConfig { SourceLabels = ["__bad"], Regex = "1", TargetLabel = "__address__", Replacement = "a/b" }),
                ],
                MetricRelabelRules = [RelabelRule.Compile(new RelabelConfig { SourceLabels = ["__name__"], Regex = "noisy_.*", Action = RelabelAction.Drop })],
            },
        ]);
        await _scrapes.SyncAsync("node/a&b",
        [
            new TargetGroup(
                "0",
                [
                    Labels.FromStrings("__address__", "near:1", "__meta_zone", "<near>"),
                    Labels.FromStrings("__address__", "far:1", "__meta_zone", "far"),
                ],
                Labels.Empty),
        ]);
    }

    public ValueTask DisposeAsync() => _scrapes.DisposeAsync();

    [Fact]
    public async Task The_list_shows_what_was_discovered_and_what_was_dropped()
    {
        string page = await ListAsync("");

        Assert.Contains("1 scraped, 1 dropped", page, StringComparison.Ordinal);
        Assert.Contains("zone=&quot;&lt;near&gt;&quot;", page, StringComparison.Ordinal);
        Assert.Contains("__meta_zone=&quot;far&quot;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<near>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?q=near", true, false)]
    [InlineData("?q=zone%3D%22FAR", false, true)]
    [InlineData("?job=other", false, false)]
    public async Task The_list_can_be_searched(string query, bool near, bool far)
    {
        string page = await ListAsync(query);

        Assert.Equal(near, page.Contains("near:1", StringComparison.Ordinal));
        Assert.Equal(far, page.Contains("far:1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_scraped_target_shows_each_step_and_its_result()
    {
        string page = await TargetAsync("near:1");

        Assert.Contains("<code>relabel_configs[0]</code> <b>replace</b>", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"label new\">zone=&quot;&lt;near&gt;&quot;</span>", page, StringComparison.Ordinal);
        Assert.Contains("<li class=\"idle\"><code>relabel_configs[1]</code> <b>drop</b>", page, StringComparison.Ordinal);
        Assert.Contains("http://near:1/metrics", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dropped_target_shows_the_rule_that_dropped_it_and_what_it_compared()
    {
        string page = await TargetAsync("far:1");

        Assert.Contains("dropped by this rule</span> <span class=\"quiet\">it compared &quot;far&quot;", page, StringComparison.Ordinal);
        Assert.Contains("The rule after it was not tried.", page, StringComparison.Ordinal);
        Assert.Contains("not scraped", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pasted_series_is_followed_to_the_rule_that_drops_it()
    {
        string page = await TargetAsync("near:1", "&series=" + Uri.EscapeDataString("noisy_things{a=\"<b>\"} 3"));

        Assert.Contains("<code>metric_relabel_configs[0]</code> <b>drop</b>", page, StringComparison.Ordinal);
        Assert.Contains("a=&quot;&lt;b&gt;&quot;", page, StringComparison.Ordinal);
        Assert.Contains("not stored", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pasted_text_that_is_no_series_says_where_it_stops_being_one()
    {
        string page = await TargetAsync("near:1", "&series=" + Uri.EscapeDataString("a{b=<script>"));

        Assert.Contains("line 1, column", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_is_gone_is_404()
    {
        (int status, string page) = await Answers.OfAsync(Debug.AnswerAsync, "?job=node/a%26b&id=0123456789abcdef");

        Assert.Equal(404, status);
        Assert.Contains("no longer", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_that_fetch_their_target_are_bounded_and_the_one_too_many_says_so()
    {
        TaskCompletionSource<ScriptedResponse> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedHttpServer target = new(_ => answer.Task);
        MetricRegistry registry = new();
        TargetDebugPage debug = new(_scrapes, static () => (IReadOnlyList<QueueManager>)[], registry);
        await _scrapes.SyncAsync(
            "node/a&b", [new TargetGroup("0", [Labels.FromStrings("__address__", target.Address)], Labels.Empty)]);
        string link = await LinkAsync(target.Address);
        Task<(int Status, string Page)>[] pages = new Task<(int, string)>[TargetDebugPage.MaxFetches];
        for (int page = 0; page < pages.Length; page++)
        {
            pages[page] = Answers.OfAsync(debug.AnswerAsync, link);
        }

        (int status, string refused) = await Answers.OfAsync(debug.AnswerAsync, link);
        Assert.Equal(503, status);
        Assert.Contains("try again in a few seconds", refused, StringComparison.Ordinal);
        Assert.Equal(1, MetricText.ValueOf(registry, "ampedge_target_debug_refused_total"));
        Assert.Equal(TargetDebugPage.MaxFetches, MetricText.ValueOf(registry, "ampedge_target_debug_fetches"));

        answer.SetResult(new ScriptedResponse(500, new Dictionary<string, string>(), []));
        foreach (Task<(int Status, string Page)> page in pages)
        {
            Assert.Equal(200, (await page).Status);
        }

        Assert.Equal(200, (await Answers.OfAsync(debug.AnswerAsync, link)).Status);
        Assert.Equal(0, MetricText.ValueOf(registry, "ampedge_target_debug_fetches"));
    }

    private TargetDebugPage Debug => new(_scrapes, static () => (IReadOnlyList<QueueManager>)[], new MetricRegistry());

    private async Task<string> ListAsync(string query)
    {
        (int status, string page) = await Answers.OfAsync(new ServiceDiscoveryPage(_scrapes, static _ => []).AnswerAsync, query);
        Assert.Equal(200, status);
        return page;
    }

    /// <summary>The query of a target's link in the list.</summary>
    private async Task<string> LinkAsync(string address)
    {
        string list = await ListAsync("?q=" + address);
        string link = System.Net.WebUtility.HtmlDecode(
            Regex.Match(list, "href=\"\\.(/service-discovery/target[^\"]+)\"").Groups[1].Value);
        return link[link.IndexOf('?', StringComparison.Ordinal)..];
    }

    /// <summary>Follows the link of the list.</summary>
    private async Task<string> TargetAsync(string address, string furtherQuery = "")
    {
        (int status, string page) = await Answers.OfAsync(Debug.AnswerAsync, await LinkAsync(address) + furtherQuery);
        Assert.Equal(200, status);
        return page;
    }
}
