using System.Text;
using System.Text.Json;
using AmpEdge.Agent.Scrape;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape;

public sealed class SampleLabelsTests
{
    private const string ConflictsFile = "label_conflicts.json";
    private const string LimitsFile = "label_limits.json";

    public static TheoryData<string> Conflicts => ScrapeCases.Names(ConflictsFile, "id");

    public static TheoryData<string> Limits => ScrapeCases.Names(LimitsFile, "id");

    [Theory]
    [MemberData(nameof(Conflicts))]
    public void Labels_that_clash_with_the_targets_move_aside(string id)
    {
        JsonElement testCase = ScrapeCases.Find(ConflictsFile, "id", id);
        SampleLabels sampleLabels = new(
            ScrapeJobs.LabelsOf(testCase.GetProperty("target_labels")),
            testCase.GetProperty("honor_labels").GetBoolean(),
            utf8Names: true,
            [],
            new ScrapeLimits());

        Labels? labels = Make(sampleLabels, testCase.GetProperty("body").GetString()!, out string? problem);

        Assert.Null(problem);
        Assert.Equal(ScrapeJobs.LabelsOf(testCase.GetProperty("series_labels")).ToString(), labels?.ToString());
    }

    [Theory]
    [MemberData(nameof(Limits))]
    public void Limits_on_labels_fail_the_scrape(string id)
    {
        JsonElement testCase = ScrapeCases.Find(LimitsFile, "id", id);
        ScrapeLimits limits = new()
        {
            LabelLimit = testCase.GetProperty("label_limit").GetInt64(),
            LabelNameLengthLimit = testCase.GetProperty("label_name_length_limit").GetInt64(),
            LabelValueLengthLimit = testCase.GetProperty("label_value_length_limit").GetInt64(),
        };
        SampleLabels sampleLabels = new(
            ScrapeJobs.LabelsOf(testCase.GetProperty("target_labels")), honorLabels: false, utf8Names: true, [], limits);

        Make(sampleLabels, testCase.GetProperty("body").GetString()!, out string? problem);

        Assert.Equal(testCase.GetProperty("scrape_fails").GetBoolean(), problem is not null);
    }

    [Fact]
    public void A_label_name_given_twice_fails_the_scrape()
    {
        SampleLabels sampleLabels = new(Labels.Empty, honorLabels: false, utf8Names: true, [], new ScrapeLimits());

        Make(sampleLabels, "a{x=\"1\",x=\"2\"} 1", out string? problem);

        Assert.Equal("label name \"x\" is not unique: invalid sample", problem);
    }

    [Fact]
    public void Names_outside_the_old_alphabet_are_refused_when_the_job_says_so()
    {
        SampleLabels sampleLabels = new(Labels.Empty, honorLabels: false, utf8Names: false, [], new ScrapeLimits());

        Make(sampleLabels, "{\"a.b\"} 1", out string? problem);

        Assert.StartsWith("invalid metric name or label names", problem);
    }

    private static Labels? Make(SampleLabels sampleLabels, string body, out string? problem)
    {
        LineParser<TextGrammar> parser = new(Encoding.UTF8.GetBytes(body), new LabelSlots(), new LabelSlots());
        Assert.Equal(ExpositionEntry.Series, parser.Next());
        return sampleLabels.Make(in parser, out problem);
    }
}
