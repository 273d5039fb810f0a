using System.Text;
using AmpEdge.Agent.Api;
using AmpEdge.Agent.Discovery;
using AmpEdge.Agent.Scrape;
using AmpEdge.Agent.Tests.Scrape;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Agent.Tests.Api;

public sealed class MetadataEndpointsTests : IAsyncLifetime
{
    private readonly ScrapeManager _scrapes = new(
        new RecordingStore(), new ScrapeMetrics(new MetricRegistry()), new ManualTime(), NullLogger.Instance);

    public async ValueTask InitializeAsync()
    {
        await _scrapes.ApplyAsync([ScrapeJobs.Create("a"), ScrapeJobs.Create("b")]);
        foreach (string job in (string[])["a", "b"])
        {
            await _scrapes.SyncAsync(job, [new TargetGroup("0", [Labels.FromStrings("__address__", job + ":1")], Labels.Empty)]);
        }

        Take("a", "# HELP x_total Things \"done\".\n# TYPE x_total counter\n# HELP y Why.\n# TYPE y gauge\n");
        Take("b", "# HELP x_total Other things.\n# TYPE x_total counter\n");
    }

    public ValueTask DisposeAsync() => _scrapes.DisposeAsync();

    [Theory]
    [InlineData("", "a:1/x_total a:1/y b:1/x_total")]
    [InlineData("?match_target=" + "{job=\"b\"}", "b:1/x_total")]
    [InlineData("?match_target=" + "{job=~\"a|b\",instance!=\"a:1\"}", "b:1/x_total")]
    [InlineData("?metric=x_total", "a:1/ b:1/")]
    [InlineData("?metric=x_total&limit=1", "a:1/")]
    [InlineData("?limit=1", "a:1/x_total a:1/y")]
    [InlineData("?limit=-1", "a:1/x_total a:1/y b:1/x_total")]
    public async Task Families_come_by_target_and_can_be_narrowed_down(string query, string expected)
    {
        (int status, string body) = await GetAsync("/api/v1/targets/metadata", query);

        Assert.Equal(200, status);
        using System.Text.Json.JsonDocument answer = System.Text.Json.JsonDocument.Parse(body);
        List<string> found = [];
        foreach (System.Text.Json.JsonElement entry in answer.RootElement.GetProperty("data").EnumerateArray())
        {
            string metric = entry.TryGetProperty("metric", out System.Text.Json.JsonElement name) ? name.GetString()! : "";
            found.Add($"{entry.GetProperty("target").GetProperty("instance").GetString()}/{metric}");
        }

        Assert.Equal(expected, string.Join(' ', found));
    }

    [Theory]
    [InlineData("/api/v1/targets/metadata", "?limit=many", 400, "limit must be a number")]
    [InlineData("/api/v1/targets/metadata", "?match_target={", 400, "parse error")]
    [InlineData("/api/v1/targets/metadata", "?metric=nothing", 404, "specified metadata not found")]
    [InlineData("/api/v1/metadata", "?limit=many", 400, "limit must be a number")]
    [InlineData("/api/v1/metadata", "?limit_per_metric=x", 400, "limit_per_metric must be a number")]
    public async Task Wrong_questions_are_refused_in_the_words_of_prometheus(string path, string query, int expected, string error)
    {
        (int status, string body) = await GetAsync(path, query);

        Assert.Equal(expected, status);
        Assert.Contains("\"status\":\"error\"", body, StringComparison.Ordinal);
        Assert.Contains(error, body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", """{"x_total":[{"type":"counter","unit":"","help":"Things \"done\"."},{"type":"counter","unit":"","help":"Other things."}],"y":[{"type":"gauge","unit":"","help":"Why."}]}""")]
    [InlineData("?limit_per_metric=1&metric=x_total", """{"x_total":[{"type":"counter","unit":"","help":"Things \"done\"."}]}""")]
    [InlineData("?limit=0", "{}")]
    [InlineData("?metric=nothing", "{}")]
    public async Task Families_come_by_name_with_all_that_is_said_of_them(string query, string data)
    {
        (int status, string body) = await GetAsync("/api/v1/metadata", query);

        Assert.Equal((200, $$"""{"status":"success","data":{{data}}}"""), (status, body));
    }

    private Task<(int Status, string Body)> GetAsync(string path, string query)
    {
        MetadataEndpoints endpoints = new(_scrapes);
        return Answers.OfAsync(path == "/api/v1/metadata" ? endpoints.AnswerByFamilyAsync : endpoints.AnswerByTargetAsync, query);
    }

    private void Take(string job, string page)
    {
        foreach (PoolSnapshot pool in _scrapes.Snapshot())
        {
            if (pool.Job == job)
            {
                LineParser<TextGrammar> parser = new(Encoding.UTF8.GetBytes(page), new LabelSlots(), new LabelSlots());
                for (ExpositionEntry entry = parser.Next(); entry != ExpositionEntry.EndOfPage; entry = parser.Next())
                {
                    pool.Active[0].Metadata.Take(ref parser, entry, isOpenMetrics: false);
                }
            }
        }
    }
}
