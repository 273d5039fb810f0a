using System.Globalization;
using System.Text;
using System.Text.Json;
using AmpEdge.Agent.Scrape;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape;

/// <summary>One page in, and what is stored of it: samples, native histograms and exemplars.</summary>
public sealed class AppendedSamplesTests
{
    private const string File = "appended_samples.json";
    private const long ScrapeMs = 1_700_000_000_000;

    public static TheoryData<string> Cases => ScrapeCases.Names(File, "id");

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_page_leaves_the_recorded_samples(string id)
    {
        JsonElement testCase = ScrapeCases.Find(File, "id", id);
        RecordingStore store = new();
        ScrapeCache cache = Cache(testCase, store);
        SampleBatch batch = new();
        byte[] body = testCase.TryGetProperty("body_b64", out JsonElement encoded)
            ? encoded.GetBytesFromBase64()
            : Encoding.UTF8.GetBytes(testCase.GetProperty("body").GetString()!);
        Assert.True(MediaTypes.TryChoose(
            testCase.GetProperty("content_type").GetString()!, null, out ExpositionFormat format, out _));

        PageResult page = cache.Read(body, format, ScrapeMs, batch);
        Assert.Null(page.Problem);
        cache.Commit(batch);
        store.Append(batch);

        List<string> actual = store.Scrapes[0].ConvertAll(static sample => $"{sample} @{Time(sample.TimestampMs)}");
        List<string> exemplars = store.Exemplars.ConvertAll(static exemplar => string.Create(
            CultureInfo.InvariantCulture,
            $"{exemplar.Series} {exemplar.Labels} {exemplar.Value:R} @{Time(exemplar.TimestampMs)}"));
        CompareWith(testCase, actual, exemplars);
    }

    private static ScrapeCache Cache(JsonElement testCase, RecordingStore store)
    {
        SampleLabels labels = new(
            ScrapeJobs.LabelsOf(testCase.GetProperty("target_labels")), honorLabels: false, utf8Names: true, [],
            new ScrapeLimits());
        return new ScrapeCache(store, labels, new TargetMetadata(), new ScrapeCacheOptions
        {
            Histograms = new HistogramForms(
                testCase.GetProperty("scrape_native_histograms").GetBoolean(),
                testCase.GetProperty("always_scrape_classic_histograms").GetBoolean()),

            // The times in the recorded pages are of any year.
            MaxFutureMs = long.MaxValue / 2,
        });
    }

    private static void CompareWith(JsonElement testCase, List<string> actual, List<string> actualExemplars)
    {
        List<string> expected = [];
        List<string> exemplars = [];
        foreach (JsonElement sample in testCase.GetProperty("samples").EnumerateArray())
        {
            Labels labels = ScrapeJobs.LabelsOf(sample.GetProperty("labels"));
            string time = sample.GetProperty("timestamp").ToString();
            expected.Add(sample.TryGetProperty("histogram", out JsonElement histogram)
                ? $"{labels} {HistogramText.Of(histogram)} @{time}"
                : $"{labels} {sample.GetProperty("value")} @{time}");
            if (!sample.TryGetProperty("exemplars", out JsonElement list))
            {
                continue;
            }

            foreach (JsonElement exemplar in list.EnumerateArray())
            {
                string at = exemplar.TryGetProperty("timestamp_ms", out JsonElement own) ? own.ToString() : time;
                exemplars.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{labels} {ScrapeJobs.LabelsOf(exemplar.GetProperty("labels"))} {exemplar.GetProperty("value").GetDouble():R} @{at}"));
            }
        }

        expected.Sort(StringComparer.Ordinal);
        actual.Sort(StringComparer.Ordinal);
        Assert.Equal(expected, actual);
        Assert.Equal(exemplars, actualExemplars);
    }

    private static string Time(long timestampMs) =>
        timestampMs == ScrapeMs ? "scrape" : timestampMs.ToString(CultureInfo.InvariantCulture);
}
