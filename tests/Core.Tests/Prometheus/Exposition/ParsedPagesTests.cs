using System.Text.Json;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Exposition;

/// <summary>Whole pages come out entry by entry as a Prometheus server reads them.</summary>
public sealed class ParsedPagesTests
{
    public static TheoryData<string> Files => new(
        "parsed/text.json", "parsed/text_utf8.json", "parsed/openmetrics.json", "parsed/openmetrics_to_custom_buckets.json");

    [Theory]
    [MemberData(nameof(Files))]
    public void A_page_gives_the_recorded_entries(string file)
    {
        AmpEdge.Tests.Support.Oracle.Locate($"{ExpositionCases.Folder}/{file}");
        foreach (JsonElement page in ExpositionCases.Load(file))
        {
            bool openMetrics = page.GetProperty("content_type").GetString()!.Contains("openmetrics");
            List<ParsedEntry> entries = [];
            bool convert = page.GetProperty("options").TryGetProperty(
                "convert_classic_histograms_to_nhcb", out JsonElement option) && option.GetBoolean();
            ExpositionError? error = ExpositionCases.ParseAll(
                ExpositionCases.Input(page),
                openMetrics ? ExpositionFormat.OpenMetrics100 : ExpositionFormat.Text100,
                default,
                convert,
                entries);
            Assert.Null(error);
            if (page.GetProperty("options").GetProperty("created_series_become_start_timestamps").GetBoolean())
            {
                DropCreatedSeries(entries);
            }

            List<string> actual = entries.ConvertAll(entry => EntryText.Of(entry, openMetrics));
            List<string> expected = [];
            foreach (JsonElement entry in page.GetProperty("entries").EnumerateArray())
            {
                expected.Add(EntryText.Of(entry));
            }

            Assert.Equal(expected, actual);
        }
    }

    /// <summary>
    /// The oracle was recorded with created lines taken out; ours yields them as the series they are, and taking them
    /// out by family type is the consumer's choice.
    /// </summary>
    private static void DropCreatedSeries(List<ParsedEntry> entries) =>
        entries.RemoveAll(entry => entry.Kind == ExpositionEntry.Series
            && entry.Name.EndsWith("_created", StringComparison.Ordinal)
            && entry.Type is MetricType.Counter or MetricType.Summary or MetricType.Histogram);
}
