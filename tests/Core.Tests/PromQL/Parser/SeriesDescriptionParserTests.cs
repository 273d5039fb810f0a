using System.Text.Json.Nodes;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL.Parser;

public class SeriesDescriptionParserTests
{
    private const string Cases = "conformance/promql/parser/series_cases.json";

    [Fact]
    public void Every_shared_case_expands_to_the_same_series()
    {
        List<string> differences = [];
        foreach (JsonNode? item in JsonNode.Parse(File.ReadAllText(Oracle.Locate(Cases)))!.AsArray())
        {
            string input = item!["input"]!.GetValue<string>();
            bool ok = SeriesDescriptionParser.TryParse(
                input, out SeriesDescription? description, out ParseError? error);
            string expected = Expected(item);
            string got = ok ? Show(item, description!) : item["error"] is null ? "error" : error!.ToString();
            if (expected != got)
            {
                differences.Add($"{input}\n  expected {expected}\n  got      {got}");
            }
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    [Theory]
    [InlineData("m{a=\"b\" 1 2", "1:9: parse error: unexpected character inside braces: '1'")]
    [InlineData("m 1 2 3x99999999999", "1:9: parse error: invalid repetition in series values: 99999999999 is more than 10000000")]
    [InlineData("m {{count:1 count:2}}", "1:13: parse error: duplicate key \"count\" in histogram")]
    [InlineData("m {{count", "1:5: parse error: missing `:` for histogram descriptor")]
    [InlineData("m {{buckets:[1 2}}", "1:17: parse error: unexpected \"}\" in series values")]
    public void An_error_tells_where_it_is(string input, string expected)
    {
        Assert.False(SeriesDescriptionParser.TryParse(input, out _, out ParseError? error));
        Assert.Equal(expected, error.ToString());
    }

    [Fact]
    public void Damaged_descriptions_never_throw()
    {
        string[] seeds =
        [
            "m{a=\"b\",\"c d\"='e'} 1 2 3-10x4 _ _x4 stale Inf -NaN 1e3x2",
            "{} {{schema:1 sum:-0.3 count:3.1 z_bucket:7 z_bucket_w:0.05 buckets:[5 -10 7] offset:-3}}x2",
            "h {{buckets:[5] schema:0}}+{{buckets:[1 2] schema:1 counter_reset_hint:gauge}}x2 {{}}",
        ];
        Gen gen = Gen.Create(20260);
        for (int round = 0; round < 2000; round++)
        {
            byte[] damaged = gen.Mutate(System.Text.Encoding.UTF8.GetBytes(gen.Pick<string>(seeds)));
            string text = System.Text.Encoding.UTF8.GetString(damaged);
            try
            {
                bool ok = SeriesDescriptionParser.TryParse(text, out _, out ParseError? error);
                Assert.True(ok == error is null);
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"{gen}, round {round}: '{text}' threw {exception}");
            }
        }
    }

    private static string Expected(JsonNode item)
    {
        if (!item["ok"]!.GetValue<bool>())
        {
            return item["error"]?.GetValue<string>() ?? "error";
        }

        return item["values"] is { } values
            ? $"{Sorted(item["labels"]!.AsObject())} {values.ToJsonString()}"
            : item["histograms"]!.AsArray() is [JsonArray { Count: 0 }] ? "[{}]" : item["histograms"]!.ToJsonString();
    }

    private static string Show(JsonNode item, SeriesDescription description)
    {
        if (item["values"] is not null)
        {
            JsonArray values = [];
            foreach (SequenceValue value in description.Values)
            {
                values.Add(value.IsOmitted ? null : JsonNode.Parse(value.Value.ToString("0.0")));
            }

            JsonObject labels = [];
            foreach (LabelPair label in description.Labels)
            {
                labels[System.Text.Encoding.UTF8.GetString(label.Name)] =
                    System.Text.Encoding.UTF8.GetString(label.Value);
            }

            return $"{Sorted(labels)} {values.ToJsonString()}";
        }

        JsonArray histograms = [];
        foreach (SequenceValue value in description.Values)
        {
            histograms.Add(Show(value.Histogram!, value.HasCounterResetHint));
        }

        return histograms.ToJsonString();
    }

    private static JsonObject Show(FloatHistogram histogram, bool hasHint)
    {
        JsonObject shown = [];
        AddNumber(shown, "Schema", histogram.Schema);
        AddNumber(shown, "Sum", histogram.Sum);
        AddNumber(shown, "Count", histogram.Count);
        AddNumber(shown, "ZeroCount", histogram.ZeroCount);
        AddNumber(shown, "ZeroThreshold", histogram.ZeroThreshold);
        AddSide(shown, "Positive", histogram.PositiveBuckets, histogram.PositiveSpans);
        AddSide(shown, "Negative", histogram.NegativeBuckets, histogram.NegativeSpans);
        if (hasHint)
        {
            shown["CounterResetHint"] = histogram.CounterResetHint.ToString().ToLowerInvariant();
        }

        return shown;
    }

    private static void AddNumber(JsonObject shown, string name, double value)
    {
        if (value != 0)
        {
            shown[name] = JsonNode.Parse(value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    private static void AddSide(
        JsonObject shown, string side, IReadOnlyList<double> buckets, IReadOnlyList<HistogramSpan> spans)
    {
        if (buckets.Count == 0)
        {
            return;
        }

        JsonArray counts = [];
        foreach (double bucket in buckets)
        {
            counts.Add(JsonNode.Parse(bucket.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }

        JsonArray runs = [];
        foreach (HistogramSpan span in spans)
        {
            runs.Add(new JsonObject { ["Offset"] = span.Offset, ["Length"] = span.Length });
        }

        shown[side + "Buckets"] = counts;
        shown[side + "Spans"] = runs;
    }

    private static string Sorted(JsonObject labels)
    {
        List<string> pairs = [];
        foreach ((string name, JsonNode? value) in labels)
        {
            pairs.Add($"{name}={value}");
        }

        pairs.Sort(StringComparer.Ordinal);
        return string.Join(",", pairs);
    }
}
