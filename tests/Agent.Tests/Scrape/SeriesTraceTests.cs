using System.Linq;
using AmpEdge.Agent.Scrape;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape;

public sealed class SeriesTraceTests
{
    private static readonly Labels s_target = Labels.FromStrings("instance", "a:1", "job", "x");

    [Theory]
    [InlineData("up")]
    [InlineData("up 1")]
    [InlineData("up{}")]
    [InlineData("up{} 1 1234")]
    [InlineData("{\"up\"}")]
    [InlineData("  up  ")]
    public void A_series_is_read_with_and_without_value(string text) =>
        Assert.Equal("up{instance=\"a:1\", job=\"x\"}", SeriesTrace.Of(text, s_target, ScrapeJobs.Create("x")).Result!.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("# HELP up It is.")]
    [InlineData("up{a=\"1\"")]
    [InlineData("up{a=1}")]
    [InlineData("{}")]
    public void What_is_no_series_says_why(string text)
    {
        SeriesTrace trace = SeriesTrace.Of(text, s_target, ScrapeJobs.Create("x"));

        Assert.Null(trace.Scraped);
        Assert.NotEmpty(trace.Problem!);
    }

    [Fact]
    public void Clashing_labels_steps_and_the_dropping_rule_are_shown()
    {
        ScrapeJob job = ScrapeJobs.Create("x") with
        {
            MetricRelabelRules =
            [
                RelabelRule.Compile(new RelabelConfig { Regex = "code", Action = RelabelAction.LabelDrop }),
                RelabelRule.Compile(new RelabelConfig { SourceLabels = ["exported_job"], Regex = "own", Action = RelabelAction.Drop }),
            ],
        };

        SeriesTrace trace = SeriesTrace.Of("hits_total{code=\"200\",job=\"own\"} 4", s_target, job);

        Assert.Equal("hits_total{code=\"200\", exported_job=\"own\", instance=\"a:1\", job=\"x\"}", trace.Scraped!.ToString());
        Assert.Equal([false, true], trace.Steps.Select(step => step.IsDropped));
        Assert.Null(trace.Result);
        Assert.Null(trace.Problem);
    }

    [Fact]
    public void A_limit_that_fails_the_scrape_is_the_problem()
    {
        ScrapeJob job = ScrapeJobs.Create("x") with { Limits = new ScrapeLimits { LabelLimit = 2 } };

        SeriesTrace trace = SeriesTrace.Of("up", s_target, job);

        Assert.StartsWith("label_limit exceeded (metric: up, number of labels: 3, limit: 2)", trace.Problem, StringComparison.Ordinal);
    }
}
