using System.Text.Json;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Exposition;

public sealed class ProtobufParserTests
{
    private const string File = "protobuf_cases.json";

    [Fact]
    public void A_family_gives_the_recorded_entries_under_every_setting()
    {
        Oracle.Locate($"{ExpositionCases.Folder}/{File}");
        int runs = 0;
        foreach (JsonElement family in ExpositionCases.Load(File)[0].GetProperty("families").EnumerateArray())
        {
            foreach (JsonElement run in family.GetProperty("runs").EnumerateArray())
            {
                if (run.GetProperty("options").GetProperty("type_and_unit_labels").GetBoolean())
                {
                    // The labels __type__ and __unit__ are an experiment of Prometheus that the agent does not take part in.
                    continue;
                }

                Compare(family, run);
                runs++;
            }
        }

        Assert.True(runs > 30, $"only {runs} runs");
    }

    [Fact]
    public void A_histogram_whose_parts_do_not_agree_is_an_error()
    {
        Oracle.Locate($"{ExpositionCases.Folder}/{File}");
        foreach (JsonElement testCase in ExpositionCases.Load(File)[0].GetProperty("errors").EnumerateArray())
        {
            ExpositionError? error = ExpositionCases.ParseAll(
                testCase.GetProperty("payload_b64").GetBytesFromBase64(), ExpositionFormat.Protobuf, Forms(true, false),
                convert: false, []);

            Assert.Contains(testCase.GetProperty("error_contains").GetString()!, error?.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Each_form_of_a_histogram_is_taken_where_the_settings_ask_for_it()
    {
        Oracle.Locate($"{ExpositionCases.Folder}/histogram_forms.json");
        foreach (JsonElement page in ExpositionCases.Load("histogram_forms.json"))
        {
            foreach (JsonElement setting in page.GetProperty("settings").EnumerateArray())
            {
                CompareForms(page, setting, ExpositionFormat.Protobuf, "protobuf_b64");
                CompareForms(page, setting, ExpositionFormat.OpenMetrics100, "openmetrics_text");
                CompareForms(page, setting, ExpositionFormat.Text004, "prometheus_text");
            }
        }
    }

    [Fact]
    public void A_page_cut_or_changed_anywhere_gives_entries_and_at_most_one_error()
    {
        Gen gen = Gen.Create(93);
        List<byte> page = [];
        foreach (JsonElement family in ExpositionCases.Load(File)[0].GetProperty("families").EnumerateArray())
        {
            page.AddRange(family.GetProperty("payload_b64").GetBytesFromBase64());
        }

        byte[] whole = [.. page];
        for (int length = 0; length < whole.Length; length++)
        {
            Parse(whole[..length]);
        }

        for (int round = 0; round < 5_000; round++)
        {
            Parse(gen.Mutate(whole));
        }

        void Parse(byte[] bytes)
        {
            try
            {
                ExpositionCases.ParseAll(bytes, ExpositionFormat.Protobuf, Forms(true, true), convert: true, []);
            }
            catch (Exception error) when (error is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"{gen}: {error}");
            }
        }
    }

    [Fact]
    public void The_length_of_a_message_is_known_once_its_prefix_is_there()
    {
        Assert.Equal(0, ProtobufParser.MessageLength([]));
        Assert.Equal(0, ProtobufParser.MessageLength([0x80]));
        Assert.Equal(130, ProtobufParser.MessageLength([0x80, 0x01]));
        Assert.Equal(-1, ProtobufParser.MessageLength([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
    }

    private static void Compare(JsonElement family, JsonElement run)
    {
        JsonElement options = run.GetProperty("options");
        List<ParsedEntry> entries = [];
        ExpositionError? error = ExpositionCases.ParseAll(
            family.GetProperty("payload_b64").GetBytesFromBase64(),
            ExpositionFormat.Protobuf,
            Forms(
                options.GetProperty("scrape_native_histograms").GetBoolean(),
                options.GetProperty("always_scrape_classic_histograms").GetBoolean()),
            options.GetProperty("convert_classic_histograms_to_nhcb").GetBoolean(),
            entries);

        Assert.Null(error);
        List<string> expected = [];
        foreach (JsonElement entry in run.GetProperty("entries").EnumerateArray())
        {
            expected.Add(EntryText.Of(entry));
        }

        Assert.Equal(expected, entries.ConvertAll(static entry => EntryText.Of(entry, openMetrics: true)));
        CompareStarts(run, entries);
    }

    private static void CompareStarts(JsonElement run, List<ParsedEntry> entries)
    {
        int index = 0;
        foreach (JsonElement entry in run.GetProperty("entries").EnumerateArray())
        {
            if (entry.TryGetProperty("start_timestamp_ms", out JsonElement start))
            {
                Assert.Equal(start.GetInt64(), entries[index].StartTimestampMs);
            }

            index++;
        }
    }

    private static void CompareForms(JsonElement page, JsonElement setting, ExpositionFormat format, string key)
    {
        if (!page.TryGetProperty(key, out JsonElement input))
        {
            return;
        }

        List<ParsedEntry> entries = [];
        byte[] bytes = format == ExpositionFormat.Protobuf
            ? input.GetBytesFromBase64()
            : System.Text.Encoding.UTF8.GetBytes(input.GetString()!);
        ExpositionError? error = ExpositionCases.ParseAll(
            bytes, format, Forms(true, setting.GetProperty("always_scrape_classic_histograms").GetBoolean()),
            setting.GetProperty("convert_classic_histograms_to_nhcb").GetBoolean(), entries);

        Assert.Null(error);
        bool isCustom = entries.Exists(static entry => entry.Histogram.Contains("schema -53", StringComparison.Ordinal));
        bool isExponential = entries.Exists(static entry => entry.Histogram.Contains("schema 3", StringComparison.Ordinal));
        bool isClassic = entries.Exists(static entry => entry.Labels.MetricName.EndsWith("_bucket", StringComparison.Ordinal));
        string context = $"case {page.GetProperty("case")} {format} {setting}";
        Assert.True(setting.GetProperty("expect_classic").GetBoolean() == isClassic, context);
        Assert.True(setting.GetProperty("expect_exponential").GetBoolean() == isExponential, context);
        Assert.True(setting.GetProperty("expect_custom_buckets").GetBoolean() == isCustom, context);
    }

    private static HistogramForms Forms(bool native, bool alwaysClassic) => new(native, alwaysClassic);
}
