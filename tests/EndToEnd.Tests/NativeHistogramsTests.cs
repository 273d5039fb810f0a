using System.Linq;
using System.Text.Json;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>
/// A target of the protobuf exposition with the families that were recorded from Prometheus's own parser, through the agent as
/// a process, over both versions of remote write and into Debian's Prometheus.
/// </summary>
public sealed class NativeHistogramsTests
{
    private const string Cases = "conformance/exposition/protobuf_cases.json";

    [Fact]
    public async Task Native_histograms_exemplars_and_custom_buckets_arrive_as_they_were_exposed()
    {
        using JsonDocument cases = JsonDocument.Parse(File.ReadAllText(Oracle.Locate(Cases)));
        await using ScriptedHttpServer target = new(Page(cases, convert: false));
        await using ScriptedHttpServer converted = new(Page(cases, convert: true));
        await using ContentReceiver ofV1 = new(WriteProtocol.V1);
        await using ContentReceiver ofV2 = new(WriteProtocol.V2);
        await using ContentReceiver fallsBack = new(WriteProtocol.V1);
        using WorkingFolder folder = new();
        await using RunningProgram agent = await Pipeline.StartAgentAsync(folder, $$"""
            global: {scrape_interval: 500ms, scrape_timeout: 500ms}
            scrape_configs:
              - job_name: native
                scrape_protocols: [PrometheusProto]
                scrape_native_histograms: true
                honor_timestamps: false
                static_configs: [{targets: ["{{target.Address}}"]}]
              - job_name: converted
                scrape_protocols: [PrometheusProto]
                scrape_native_histograms: true
                convert_classic_histograms_to_nhcb: true
                honor_timestamps: false
                static_configs: [{targets: ["{{converted.Address}}"]}]
            remote_write:
              - {url: "{{ofV1.WriteUrl}}", send_native_histograms: true, send_exemplars: true, queue_config: {batch_send_deadline: 200ms} }
              - {url: "{{ofV2.WriteUrl}}", send_native_histograms: true, send_exemplars: true, protobuf_message: io.prometheus.write.v2.Request, queue_config: {batch_send_deadline: 200ms} }
              - {url: "{{fallsBack.WriteUrl}}", send_native_histograms: true, send_exemplars: true, protobuf_message: io.prometheus.write.v2.Request, queue_config: {batch_send_deadline: 200ms} }
            """);

        SortedSet<string> expected = [.. Expected(cases, "native", convert: false), .. Expected(cases, "converted", convert: true)];
        Assert.True(expected.Count > 25, $"only {expected.Count} are expected");
        foreach (ContentReceiver receiver in (ContentReceiver[])[ofV1, ofV2, fallsBack])
        {
            SortedSet<string> arrived = [];
            await Eventually.TrueAsync(
                () => Task.FromResult((arrived = Arrived(receiver)).IsSupersetOf(expected)),
                () => agent.Describe($"missing:\n{string.Join('\n', expected.Except(arrived))}\nsurplus:\n{string.Join('\n', arrived.Except(expected))}"));
            Assert.Equal(expected, arrived);
        }

        Assert.True(fallsBack.RefusedVersions > 0);
        Assert.Equal(0, await agent.StopAsync());
    }

    [Fact]
    public async Task Prometheus_takes_native_histograms_from_the_agent_and_shows_them_as_they_are()
    {
        using JsonDocument cases = JsonDocument.Parse(File.ReadAllText(Oracle.Locate(Cases)));
        await using ScriptedHttpServer target = new(Page(cases, convert: false));
        using WorkingFolder folder = new();
        await using RunningProgram prometheus = await Pipeline.StartPrometheusAsync(
            folder, "global: {}\n", "--web.enable-remote-write-receiver", "--enable-feature=native-histograms");
        await using RunningProgram agent = await Pipeline.StartAgentAsync(folder, $$"""
            global: {scrape_interval: 500ms, scrape_timeout: 500ms}
            scrape_configs:
              - job_name: native
                scrape_protocols: [PrometheusProto]
                scrape_native_histograms: true
                honor_timestamps: false
                static_configs: [{targets: ["{{target.Address}}"]}]
            remote_write:
              - {url: "http://{{prometheus.Address}}/api/v1/write", send_native_histograms: true, queue_config: {batch_send_deadline: 200ms} }
            """);

        const string Name = "test_gauge_histogram";
        JsonElement exposed = Entries(cases, convert: false)
            .First(static entry => entry.GetProperty("kind").GetString() == "histogram"
                && entry.GetProperty("labels").GetProperty("__name__").GetString() == Name)
            .GetProperty("histogram");
        JsonElement[] shown = [];
        await Eventually.TrueAsync(
            async () =>
            {
                using JsonDocument answer = JsonDocument.Parse(await prometheus.GetAsync($"/api/v1/query?query={Name}"));
                shown = [.. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(static series => series.Clone())];
                return shown.Length == 1;
            },
            () => agent.Describe(prometheus.Describe("the histogram is not there")));

        JsonElement histogram = shown[0].GetProperty("histogram")[1];
        Assert.Equal($"{exposed.GetProperty("count").GetInt64()}", histogram.GetProperty("count").GetString());
        Assert.Equal(
            exposed.GetProperty("sum").GetDouble(),
            double.Parse(histogram.GetProperty("sum").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(CountsOf(exposed), [.. histogram.GetProperty("buckets").EnumerateArray().Select(static bucket => bucket[3].GetString()!)]);
    }

    /// <summary>The counts of the buckets that are not empty, from the lowest bound to the highest.</summary>
    private static List<string> CountsOf(JsonElement histogram)
    {
        List<string> counts = [.. Running(histogram.GetProperty("negative_deltas")).Reverse()];
        if (histogram.GetProperty("zero_count").GetInt64() > 0)
        {
            counts.Add($"{histogram.GetProperty("zero_count").GetInt64()}");
        }

        counts.AddRange(Running(histogram.GetProperty("positive_deltas")));
        counts.RemoveAll(static count => count == "0");
        return counts;
    }

    private static IEnumerable<string> Running(JsonElement deltas)
    {
        long count = 0;
        foreach (JsonElement delta in deltas.EnumerateArray())
        {
            count += delta.GetInt64();
            yield return $"{count}";
        }
    }

    private static ScriptedResponse Page(JsonDocument cases, bool convert)
    {
        Dictionary<string, string> headers = new()
        {
            ["Content-Type"] = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
        };
        return new ScriptedResponse(
            200, headers,
            [.. Families(cases, convert).SelectMany(static family => family.Family.GetProperty("payload_b64").GetBytesFromBase64())]);
    }

    private static IEnumerable<JsonElement> Entries(JsonDocument cases, bool convert) =>
        Families(cases, convert).SelectMany(static family => family.Run.GetProperty("entries").EnumerateArray());

    /// <summary>The families that were recorded with or without the conversion, each with what came out.</summary>
    private static IEnumerable<(JsonElement Family, JsonElement Run)> Families(JsonDocument cases, bool convert)
    {
        foreach (JsonElement family in cases.RootElement.GetProperty("families").EnumerateArray())
        {
            foreach (JsonElement run in family.GetProperty("runs").EnumerateArray())
            {
                if (Option(run, "scrape_native_histograms") && Option(run, "convert_classic_histograms_to_nhcb") == convert
                    && !Option(run, "always_scrape_classic_histograms") && !Option(run, "type_and_unit_labels"))
                {
                    yield return (family, run);
                }
            }
        }
    }

    private static bool Option(JsonElement run, string name) => run.GetProperty("options").GetProperty(name).GetBoolean();

    /// <summary>One line for each histogram, exemplar and sample.</summary>
    private static IEnumerable<string> Expected(JsonDocument cases, string job, bool convert)
    {
        foreach (JsonElement entry in Entries(cases, convert))
        {
            string kind = entry.GetProperty("kind").GetString()!;
            if (kind is not ("series" or "histogram" or "float_histogram"))
            {
                continue;
            }

            string series = SeriesText(entry.GetProperty("labels"), job);
            yield return kind == "series"
                ? SampleText(series, entry.GetProperty("value").GetDouble())
                : $"{series} {HistogramText.Of(entry.GetProperty("histogram"))}";
            foreach (JsonElement exemplar in entry.TryGetProperty("exemplars", out JsonElement all) ? all.EnumerateArray() : [])
            {
                yield return ExemplarText(
                    $"{series} # {SeriesText(exemplar.GetProperty("labels"), "")}", exemplar.GetProperty("value").GetDouble());
            }
        }
    }

    private static SortedSet<string> Arrived(ContentReceiver receiver)
    {
        SortedSet<string> lines = [];
        foreach (WriteRequestContent request in receiver.Requests())
        {
            lines.UnionWith(request.HistogramTexts.Select(static histogram => $"{WithoutInstance(histogram.Series)} {histogram.Text}"));
            lines.UnionWith(request.Exemplars.Select(static exemplar => ExemplarText(WithoutInstance(exemplar.Series), exemplar.Value)));
            lines.UnionWith(request.Samples
                .Where(static sample => !IsReport(sample.Series) && !StaleMarker.IsStale(sample.Value))
                .Select(static sample => SampleText(WithoutInstance(sample.Series), sample.Value)));
        }

        return lines;
    }

    private static bool IsReport(string series) =>
        series.StartsWith("__name__=up,", StringComparison.Ordinal) || series.StartsWith("__name__=scrape_", StringComparison.Ordinal);

    private static string WithoutInstance(string series) =>
        string.Join(',', series.Split(',').Where(static label => !label.StartsWith("instance=", StringComparison.Ordinal)));

    private static string SeriesText(JsonElement labels, string job)
    {
        SortedDictionary<string, string> all = new(StringComparer.Ordinal);
        foreach (JsonProperty label in labels.EnumerateObject())
        {
            all[label.Name] = label.Value.GetString()!;
        }

        if (job.Length > 0)
        {
            all["job"] = job;
        }

        return string.Join(',', all.Where(static label => label.Value.Length > 0).Select(static label => $"{label.Key}={label.Value}"));
    }

    private static string SampleText(string series, double value) => $"{series} {BitConverter.DoubleToInt64Bits(value):x}";

    private static string ExemplarText(string series, double value) => $"{series} {BitConverter.DoubleToInt64Bits(value):x}";
}
