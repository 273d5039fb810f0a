using System.Text.Json;
using AmpEdge.Agent.Api;
using AmpEdge.Agent.Discovery;
using AmpEdge.Agent.Pages;
using AmpEdge.Agent.Scrape;
using AmpEdge.Agent.Tests.Scrape;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Agent.Tests.Api;

/// <summary>The API's answer, and the page that shows the same targets.</summary>
public sealed class TargetsEndpointTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private readonly ScrapeManager _scrapes;

    public TargetsEndpointTests()
    {
        _scrapes = new ScrapeManager(
            new RecordingStore(), new ScrapeMetrics(new MetricRegistry()), _time, NullLogger.Instance);
    }

    public async ValueTask InitializeAsync()
    {
        await _scrapes.ApplyAsync(
        [
            ScrapeJobs.Create("node") with
            {
                Interval = TimeSpan.FromSeconds(15),
                Timeout = TimeSpan.FromSeconds(10),
                RelabelRules =
                [
                    RelabelRule.Compile(new RelabelConfig
                    {
                        SourceLabels = ["__address__"],
                        Regex = "dropped:.*",
                        Action = RelabelAction.Drop,
                    }),
                ],
            },
            ScrapeJobs.Create("empty"),
        ]);
        await _scrapes.SyncAsync("node",
        [
            new TargetGroup(
                "0",
                [
                    Labels.FromStrings("__address__", "127.0.0.1:9100"),
                    Labels.FromStrings("__address__", "example.org:9100"),
                    Labels.FromStrings("__address__", "dropped:1"),
                ],
                Labels.FromStrings("note", "<script>alert(1)</script>")),
        ]);
        Target scraped = _scrapes.Snapshot()[1].Active[0];
        scraped.Status = new TargetStatus
        {
            Health = TargetHealth.Down,
            LastScrape = new DateTimeOffset(2026, 1, 1, 0, 0, 5, TimeSpan.Zero),
            LastDuration = TimeSpan.FromMilliseconds(12.5),
            LastError = "server returned HTTP status 500 <b>",
        };
    }

    public ValueTask DisposeAsync() => _scrapes.DisposeAsync();

    [Fact]
    public async Task Active_and_dropped_targets_come_in_the_shape_of_Prometheus()
    {
        using JsonDocument answer = JsonDocument.Parse(await GetTargetsAsync(""));
        JsonElement data = answer.RootElement.GetProperty("data");
        Assert.Equal("success", answer.RootElement.GetProperty("status").GetString());

        JsonElement active = data.GetProperty("activeTargets");
        Assert.Equal(2, active.GetArrayLength());
        string expected =
            """
            {"discoveredLabels":{"__address__":"127.0.0.1:9100","__always_scrape_classic_histograms__":"false",
            "__convert_classic_histograms_to_nhcb__":"false","__metrics_path__":"/metrics","__scheme__":"http",
            "__scrape_interval__":"15s","__scrape_native_histograms__":"false","__scrape_timeout__":"10s","job":"node","note":"<script>alert(1)</script>"},
            "labels":{"instance":"127.0.0.1:9100","job":"node","note":"<script>alert(1)</script>"},"scrapePool":"node",
            "scrapeUrl":"http://127.0.0.1:9100/metrics","globalUrl":"http://edge:9100/metrics",
            "lastError":"server returned HTTP status 500 <b>","lastScrape":"2026-01-01T00:00:05.0000000Z",
            "lastScrapeDuration":0.0125,"health":"down","scrapeInterval":"15s","scrapeTimeout":"10s"}
            """;
        Assert.Equal(expected.ReplaceLineEndings(""), active[0].GetRawText());
        Assert.Equal("unknown", active[1].GetProperty("health").GetString());
        Assert.Equal("0001-01-01T00:00:00Z", active[1].GetProperty("lastScrape").GetString());

        JsonElement dropped = data.GetProperty("droppedTargets")[0];
        Assert.Equal("dropped:1", dropped.GetProperty("discoveredLabels").GetProperty("__address__").GetString());
        Assert.Equal("node", dropped.GetProperty("scrapePool").GetString());
        Assert.Equal("""{"empty":0,"node":1}""", data.GetProperty("droppedTargetCounts").GetRawText());
    }

    [Theory]
    [InlineData("?state=active", 2, 0)]
    [InlineData("?state=dropped", 0, 1)]
    [InlineData("?state=any&scrapePool=node", 2, 1)]
    [InlineData("?scrapePool=empty", 0, 0)]
    public async Task The_answer_can_be_narrowed_down(string query, int active, int dropped)
    {
        using JsonDocument answer = JsonDocument.Parse(await GetTargetsAsync(query));
        JsonElement data = answer.RootElement.GetProperty("data");

        Assert.Equal(active, data.GetProperty("activeTargets").GetArrayLength());
        Assert.Equal(dropped, data.GetProperty("droppedTargets").GetArrayLength());
    }

    [Fact]
    public async Task The_page_shows_targets_and_errors_and_escapes_what_comes_from_outside()
    {
        string page = await AnswerAsync("", new TargetsPage(_scrapes, _time).AnswerAsync);

        Assert.Contains("http://127.0.0.1:9100/metrics", page);
        Assert.Contains("DOWN", page);
        Assert.Contains("server returned HTTP status 500 &lt;b&gt;", page);
        Assert.Contains("1 dropped by relabelling", page);
        Assert.DoesNotContain("<script", page);
        Assert.DoesNotContain("src=\"http", page);
    }

    [Fact]
    public async Task The_page_can_show_only_what_is_down()
    {
        string page = await AnswerAsync("?state=down", new TargetsPage(_scrapes, _time).AnswerAsync);

        Assert.Contains("http://127.0.0.1:9100/metrics", page);
        Assert.DoesNotContain("http://example.org:9100/metrics", page);
    }

    private Task<string> GetTargetsAsync(string query) =>
        AnswerAsync(query, new TargetsEndpoint(_scrapes, "edge").AnswerAsync);

    private static async Task<string> AnswerAsync(string query, HttpHandler handler)
    {
        (int status, string body) = await Answers.OfAsync(handler, query);
        Assert.Equal(200, status);
        return body;
    }
}
