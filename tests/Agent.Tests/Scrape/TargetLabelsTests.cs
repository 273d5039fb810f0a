using System.Text.Json;
using AmpEdge.Agent.Scrape;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape;

public sealed class TargetLabelsTests
{
    private const string File = "target_labels.json";

    public static TheoryData<string> Cases => ScrapeCases.Names(File, "id");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Discovered_labels_become_the_targets(string id)
    {
        JsonElement testCase = ScrapeCases.Find(File, "id", id);
        JsonElement config = testCase.GetProperty("scrape_config");
        ScrapeJob job = ScrapeJobs.Create(config.GetProperty("job_name").GetString()!) with
        {
            Scheme = config.GetProperty("scheme").GetString()!,
            MetricsPath = config.GetProperty("metrics_path").GetString()!,
            Interval = Duration(config, "scrape_interval"),
            Timeout = Duration(config, "scrape_timeout"),
            RelabelRules = ScrapeJobs.Rules(config, "relabel_configs"),
            Samples = new ScrapeCacheOptions
            {
                ConvertClassicHistograms =
                    config.TryGetProperty("convert_classic_histograms_to_nhcb", out JsonElement convert) && convert.GetBoolean(),
            },
        };

        Target? target = TargetLabels.Make(
            job,
            Discovered(testCase),
            Labels.Empty,
            new LabelsBuilder(),
            out Labels before,
            out string? problem);

        if (testCase.TryGetProperty("error", out JsonElement error))
        {
            Assert.Equal(error.GetString(), problem);
            return;
        }

        Assert.Null(problem);
        Assert.Equal(Expected(testCase, "labels_before_relabel"), before.ToString());
        Assert.Equal(Expected(testCase, "target_labels"), target?.Labels.ToString());
    }

    [Fact]
    public void Parameters_may_be_replaced_by_labels()
    {
        ScrapeJob job = ScrapeJobs.Create() with
        {
            Parameters =
            [
                new("module", (IReadOnlyList<string>)["x", "y z"]),
                new("b", (IReadOnlyList<string>)["1"]),
            ],
            RelabelRules =
            [
                RelabelRule.Compile(new RelabelConfig { TargetLabel = "__param_module", Replacement = "q&r" }),
                RelabelRule.Compile(new RelabelConfig { TargetLabel = "__param_new", Replacement = "n" }),
            ],
        };

        Target? target = TargetLabels.Make(
            job, Labels.FromStrings("__address__", "h:1"), Labels.Empty, new LabelsBuilder(), out _, out string? problem);

        Assert.Null(problem);
        Assert.Equal("http://h:1/metrics?b=1&module=q%26r&module=y+z&new=n", target?.Url.AbsoluteUri);
        Assert.Equal("{instance=\"h:1\", job=\"job\"}", target?.PublicLabels.ToString());
    }

    [Theory]
    [InlineData("", "no address")]
    [InlineData("http://h/x", "\"http://h/x\" is not a valid hostname")]
    public void An_address_must_be_host_and_port(string address, string expected)
    {
        TargetLabels.Make(
            ScrapeJobs.Create(), Labels.FromStrings("__address__", address), Labels.Empty, new LabelsBuilder(), out _,
            out string? problem);

        Assert.Equal(expected, problem);
    }

    /// <summary>In one case the name of a constant stands for the label that it names.</summary>
    private static Labels Discovered(JsonElement testCase)
    {
        LabelsBuilder labels = new();
        foreach (JsonProperty label in testCase.GetProperty("discovered").EnumerateObject())
        {
            bool isConstant = label.Name == "convertClassicHistogramsToNHCBLabel";
            labels.Set(isConstant ? "__convert_classic_histograms_to_nhcb__" : label.Name, label.Value.GetString()!);
        }

        return labels.Build();
    }

    private static string Expected(JsonElement testCase, string key) =>
        ScrapeJobs.LabelsOf(testCase.GetProperty(key)).ToString();

    private static TimeSpan Duration(JsonElement config, string key)
    {
        Assert.True(PrometheusDuration.TryParse(config.GetProperty(key).GetString()!, out TimeSpan value, out _));
        return value;
    }
}
