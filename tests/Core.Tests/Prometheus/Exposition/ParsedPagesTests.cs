using System.Globalization;
using System.Text.Json;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Exposition;

/// <summary>Whole pages come out entry by entry as a Prometheus server reads them.</summary>
public sealed class ParsedPagesTests
{
    /// <summary>
    /// Pages compared. Left out: <c>parsed/openmetrics_to_custom_buckets.json</c>, since conversion to histograms
    /// with custom buckets comes with native histograms.
    /// </summary>
    public static TheoryData<string> Files => new("parsed/text.json", "parsed/text_utf8.json", "parsed/openmetrics.json");

    [Theory]
    [MemberData(nameof(Files))]
    public void A_page_gives_the_recorded_entries(string file)
    {
        AmpEdge.Tests.Support.Oracle.Locate($"{ExpositionCases.Folder}/{file}");
        foreach (JsonElement page in ExpositionCases.Load(file))
        {
            bool openMetrics = page.GetProperty("content_type").GetString()!.Contains("openmetrics");
            List<ParsedEntry> entries = [];
            ExpositionError? error = ExpositionCases.ParseAll(ExpositionCases.Input(page), openMetrics, entries);
            Assert.Null(error);
            if (page.GetProperty("options").GetProperty("created_series_become_start_timestamps").GetBoolean())
            {
                DropCreatedSeries(entries);
            }

            List<string> actual = entries.ConvertAll(entry => Describe(entry, openMetrics));
            List<string> expected = [];
            foreach (JsonElement entry in page.GetProperty("entries").EnumerateArray())
            {
                expected.Add(Describe(entry));
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

    private static string Describe(ParsedEntry entry, bool openMetrics) => entry.Kind switch
    {
        ExpositionEntry.Series => string.Create(
            CultureInfo.InvariantCulture,
            $"{entry.Raw} => {entry.Labels} {entry.Value:R} @{entry.TimestampMs?.ToString(CultureInfo.InvariantCulture) ?? "none"} # {entry.Exemplar}"),
        ExpositionEntry.Help =>
            $"help {entry.Name} {SeriesLabels.UnescapeHelp(System.Text.Encoding.UTF8.GetBytes(entry.Text), openMetrics)}",
        ExpositionEntry.Type => $"type {entry.Name} {entry.Text}",
        ExpositionEntry.Unit => $"unit {entry.Name} {entry.Text}",
        _ => $"comment {entry.Text}",
    };

    private static string Describe(JsonElement entry)
    {
        string kind = entry.GetProperty("kind").GetString()!;
        return kind switch
        {
            "series" => string.Create(
                CultureInfo.InvariantCulture,
                $"{entry.GetProperty("raw").GetString()} => {LabelsOf(entry)} {Number(entry.GetProperty("value")):R} @{Timestamp(entry)} # {Exemplar(entry)}"),
            "comment" => $"comment {entry.GetProperty("comment").GetString()}",
            _ => $"{kind} {entry.GetProperty("metric").GetString()} {entry.GetProperty(kind).GetString()}",
        };
    }

    private static string? Exemplar(JsonElement entry)
    {
        if (!entry.TryGetProperty("exemplars", out JsonElement exemplars))
        {
            return null;
        }

        JsonElement exemplar = exemplars[0];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{LabelsOf(exemplar)} {Number(exemplar.GetProperty("value")):R} {Timestamp(exemplar)}");
    }

    private static string Timestamp(JsonElement entry) =>
        entry.TryGetProperty("timestamp_ms", out JsonElement timestamp) ? timestamp.GetRawText() : "none";

    private static Labels LabelsOf(JsonElement entry)
    {
        LabelsBuilder builder = new();
        foreach (JsonProperty label in entry.GetProperty("labels").EnumerateObject())
        {
            builder.Set(label.Name, label.Value.GetString()!);
        }

        return builder.Build();
    }

    private static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Number
        ? value.GetDouble()
        : value.GetString() switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            _ => double.NaN,
        };
}
