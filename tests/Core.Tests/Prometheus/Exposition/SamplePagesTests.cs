using System.Text.Json;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Exposition;

public sealed class SamplePagesTests
{
    [Theory]
    [InlineData("alltypes.237mfs.prom.txt", false)]
    [InlineData("alltypes.5mfs.om.txt", true)]
    [InlineData("1histogram.om.txt", true)]
    public void A_page_of_real_size_parses_to_its_end(string file, bool openMetrics)
    {
        byte[] page = File.ReadAllBytes(Oracle.Locate($"{ExpositionCases.Folder}/samples/{file}"));
        List<ParsedEntry> entries = [];

        Assert.Null(ExpositionCases.ParseAll(page, openMetrics, entries));

        int lines = 0;
        foreach (string line in File.ReadLines(Oracle.Locate($"{ExpositionCases.Folder}/samples/{file}")))
        {
            lines += line.Length > 0 && line[0] != '#' ? 1 : 0;
        }

        Assert.Equal(lines, entries.FindAll(static entry => entry.Kind == ExpositionEntry.Series).Count);
    }

    /// <summary>
    /// Only the setting in which nothing is converted: exponential and custom buckets come with native histograms, and
    /// with them the protobuf form of these pages.
    /// </summary>
    [Theory]
    [InlineData("prometheus_text", false)]
    [InlineData("openmetrics_text", true)]
    public void A_classic_histogram_in_text_gives_its_classic_series(string form, bool openMetrics)
    {
        AmpEdge.Tests.Support.Oracle.Locate($"{ExpositionCases.Folder}/histogram_forms.json");
        foreach (JsonElement testCase in ExpositionCases.Load("histogram_forms.json"))
        {
            if (!testCase.TryGetProperty(form, out JsonElement text))
            {
                continue;
            }

            List<ParsedEntry> entries = [];
            Assert.Null(ExpositionCases.ParseAll(
                System.Text.Encoding.UTF8.GetBytes(text.GetString()!), openMetrics, entries));
            Assert.True(testCase.GetProperty("settings")[0].GetProperty("expect_classic").GetBoolean());
            Assert.Contains(entries, static entry => entry.Name.EndsWith("_bucket") && entry.Labels.GetString("le") == "+Inf");
            Assert.Contains(entries, static entry => entry.Name.EndsWith("_count") && entry.TimestampMs == 1234568);
        }
    }
}
