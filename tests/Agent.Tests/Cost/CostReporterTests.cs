using System.Text.Json;
using AmpEdge.Agent.Cost;
using AmpEdge.Agent.Discovery;
using AmpEdge.Agent.Pages;
using AmpEdge.Agent.Scrape;
using AmpEdge.Agent.Tests.Api;
using AmpEdge.Agent.Tests.Scrape;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Agent.Tests.Cost;

/// <summary>From scraped pages to the report, the API's answer and the page.</summary>
public sealed class CostReporterTests : IAsyncDisposable
{
    private const int ReportSeries = 5;

    private const string Page =
        """
        requests{code="200",path="/a"} 1
        requests{code="200",path="/b"} 2
        requests{code="500",path="/a"} 3
        debug_x 4
        debug_y 5
        size 6

        """;

    private readonly ScriptedHttpServer _server;
    private string _page = Page;
    private readonly DryRunStore _store = new(Labels.Empty, 100);
    private readonly ManualTime _time = new();
    private readonly ScrapeManager _scrapes;
    private readonly CostReporter _reporter;

    public CostReporterTests()
    {
        _server = new ScriptedHttpServer(_ => Task.FromResult(ScriptedResponse.Page(_page)));
        _scrapes = new ScrapeManager(
            _store, new ScrapeMetrics(new MetricRegistry()), _time, NullLogger.Instance, startsLoops: false);
        _reporter = new CostReporter(_scrapes, _store.Series, new CostConfig(), _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _scrapes.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Series_are_counted_by_job_metric_label_and_rule()
    {
        await ScrapeAsync();
        CostReport report = _reporter.Current();

        Assert.Equal((4 + ReportSeries) * 2, report.Total.Series);
        Assert.Equal((4 + ReportSeries) * (1.0 + 0.1), report.Total.SamplesPerSecond, 9);
        Assert.Equal(["fast", "slow"], Names(report.Jobs, job => job.Job));
        Assert.Equal(4 + ReportSeries, report.Jobs[0].Share.Series);
        Assert.Equal(1, report.Jobs[1].Targets);

        MetricCost dearest = report.Metrics[0];
        Assert.Equal("requests", dearest.Name);
        Assert.Equal(6, dearest.Share.Series);
        Assert.Equal(["fast", "slow"], dearest.Jobs);
        Assert.DoesNotContain(report.Metrics, metric => metric.Name.StartsWith("debug", StringComparison.Ordinal));

        LabelCost code = Assert.Single(report.LabelNames, label => label.Name == "code");
        Assert.Equal((2, 6), (code.Values, code.Share.Series));

        Assert.Equal([2, 2], Names(report.Rules, rule => rule.Series));
        Assert.Equal("fast", report.Rules[0].Job);
        Assert.Equal(1, report.Rules[0].Index);
        Assert.Equal(2.0, report.Rules[0].SamplesPerSecond, 9);
    }

    [Fact]
    public async Task The_shares_add_up_to_the_price_and_savings_are_what_the_price_falls_by()
    {
        await ScrapeAsync();
        CostReport report = _reporter.Current();
        double rate = report.Total.SamplesPerSecond;

        Assert.Equal(report.Prices.Total(rate), report.IngestionCost + report.StorageCost, 9);
        Assert.Equal(report.Total.MonthlyCost, Sum(report.Metrics, metric => metric.Share.MonthlyCost), 9);
        Assert.Equal(report.Total.MonthlyCost, Sum(report.Jobs, job => job.Share.MonthlyCost), 9);
        Assert.Equal(report.Total.MonthlyCost, Sum(report.Targets, target => target.Share.MonthlyCost), 9);
        MetricCost requests = report.Metrics[0];
        Assert.Equal(
            report.Prices.Total(rate) - report.Prices.Total(rate - requests.Share.SamplesPerSecond), requests.Saving, 9);
    }

    [Fact]
    public async Task A_target_that_fails_costs_its_report_series_alone()
    {
        await ScrapeAsync();
        _time.Advance(TimeSpan.FromMinutes(1));
        _page = "garbage{\n";
        await ScrapeLoopsAsync();
        CostReport report = _reporter.Current();

        Assert.Equal(ReportSeries * 2, report.Total.Series);
        Assert.Empty(report.Rules);
    }

    [Fact]
    public async Task A_report_is_reused_for_some_seconds()
    {
        await ScrapeAsync();
        CostReport first = _reporter.Current();
        _time.Jump(TimeSpan.FromSeconds(4));
        Assert.Same(first, _reporter.Current());
        _time.Jump(TimeSpan.FromSeconds(2));
        Assert.NotSame(first, _reporter.Current());
    }

    [Fact]
    public void Without_targets_there_is_nothing_to_pay()
    {
        CostReport report = _reporter.Current();

        Assert.Equal(default, report.Total);
        Assert.Empty(report.Jobs);
    }

    [Fact]
    public async Task The_api_gives_the_dearest_first_and_no_more_than_asked()
    {
        await ScrapeAsync();
        (int status, string body) = await AnswerAsync("?limit=1", new CardinalityEndpoint(_reporter, Quotas()).AnswerAsync);
        using JsonDocument answer = JsonDocument.Parse(body);
        JsonElement data = answer.RootElement.GetProperty("data");

        Assert.Equal(200, status);
        Assert.Equal(18, data.GetProperty("series").GetInt64());
        Assert.Equal(9.9, data.GetProperty("samplesPerSecond").GetDouble());
        JsonElement metric = Assert.Single(data.GetProperty("metrics").EnumerateArray());
        Assert.Equal("requests", metric.GetProperty("name").GetString());
        Assert.Contains("regex: 'requests'", metric.GetProperty("dropRule").GetString());
        Assert.Equal("debug_.*", data.GetProperty("dropRules")[0].GetProperty("regex").GetString());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("many")]
    public async Task A_limit_that_is_none_is_refused(string limit)
    {
        (int status, string body) = await AnswerAsync(
            $"?limit={limit}", new CardinalityEndpoint(_reporter, Quotas()).AnswerAsync);

        Assert.Equal(400, status);
        Assert.Contains($"got \\\"{limit}\\\"", body);
    }

    [Fact]
    public async Task The_page_shows_metrics_with_the_rules_that_would_drop_them()
    {
        await ScrapeAsync();
        (_, string page) = await AnswerAsync("", new CostPage(_reporter, Quotas()).AnswerAsync);

        Assert.Contains("<summary>requests</summary>", page);
        Assert.Contains("regex: &#39;requests&#39;", page);
        Assert.Contains("metric_relabel_configs[1]: drop debug_.*", page);
    }

    private async Task ScrapeAsync()
    {
        RelabelRule keeps = RelabelRule.Compile(new RelabelConfig { TargetLabel = "env", Replacement = "test" });
        RelabelRule drops = RelabelRule.Compile(
            new RelabelConfig { SourceLabels = ["__name__"], Regex = "debug_.*", Action = RelabelAction.Drop });
        await _scrapes.ApplyAsync(
        [
            ScrapeJobs.Create("fast") with { Interval = TimeSpan.FromSeconds(1), MetricRelabelRules = [keeps, drops] },
            ScrapeJobs.Create("slow") with { Interval = TimeSpan.FromSeconds(10), MetricRelabelRules = [drops] },
        ]);
        foreach (string job in (string[])["fast", "slow"])
        {
            await _scrapes.SyncAsync(
                job, [new TargetGroup("0", [Labels.FromStrings("__address__", _server.Address)], Labels.Empty)]);
        }

        await ScrapeLoopsAsync();
    }

    private async Task ScrapeLoopsAsync()
    {
        foreach (PoolSnapshot pool in _scrapes.Snapshot())
        {
            foreach (ScrapeLoop loop in pool.Loops)
            {
                await loop.ScrapeOnceAsync(_time.GetUtcNow(), TestContext.Current.CancellationToken);
            }
        }
    }

    private QuotaWatch Quotas() =>
        new(() => [], () => 0, new QuotaTable(), new MetricRegistry(), _time, NullLogger.Instance);

    private static Task<(int Status, string Body)> AnswerAsync(string query, HttpHandler handler) =>
        Answers.OfAsync(handler, query);

    private static TValue[] Names<T, TValue>(IEnumerable<T> rows, Func<T, TValue> value) => [.. System.Linq.Enumerable.Select(rows, value)];

    private static double Sum<T>(IEnumerable<T> rows, Func<T, double> value) => System.Linq.Enumerable.Sum(rows, value);
}
