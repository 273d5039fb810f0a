using System.Globalization;
using System.Text.Json;
using Xunit;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>Asks any Prometheus-compatible API; ours through the signing proxy.</summary>
public sealed class QueryClient(RunningProgram program, string prefix = "")
{
    /// <summary>An instant query's series, by their labels as sorted JSON, with all their samples.</summary>
    public Task<SortedDictionary<string, List<(double Seconds, string Value)>>> QueryAsync(string expression) =>
        SeriesAsync("query", [new("query", expression)]);

    /// <summary>The same at a time of its own.</summary>
    public Task<SortedDictionary<string, List<(double Seconds, string Value)>>> QueryAsync(string expression, long timestampMs) =>
        SeriesAsync("query", [new("query", expression), new("time", Seconds(timestampMs))]);

    /// <summary>The series of a range query, as those of <see cref="QueryAsync(string)"/>; a histogram's value is its JSON.</summary>
    public Task<SortedDictionary<string, List<(double Seconds, string Value)>>> RangeAsync(
        string expression, long startMs, long endMs, TimeSpan step) =>
        SeriesAsync("query_range",
        [
            new("query", expression), new("start", Seconds(startMs)), new("end", Seconds(endMs)),
            new("step", step.TotalSeconds.ToString(CultureInfo.InvariantCulture)),
        ]);

    /// <summary>The texts of an answer that lists labels, values or series, the latter as sorted JSON; sorted.</summary>
    public async Task<List<string>> ListAsync(string pathAndQuery)
    {
        using JsonDocument document = JsonDocument.Parse(await program.GetAsync(prefix + "/api/v1/" + pathAndQuery));
        List<string> entries = [];
        foreach (JsonElement entry in document.RootElement.GetProperty("data").EnumerateArray())
        {
            entries.Add(entry.ValueKind == JsonValueKind.Object ? LabelsOf(entry) : entry.GetString()!);
        }

        entries.Sort(StringComparer.Ordinal);
        return entries;
    }

    /// <summary>A time as the API wants it.</summary>
    public static string Seconds(long timestampMs) => (timestampMs / 1000m).ToString(CultureInfo.InvariantCulture);

    private async Task<SortedDictionary<string, List<(double Seconds, string Value)>>> SeriesAsync(
        string endpoint, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, $"{prefix}/api/v1/{endpoint}")
        {
            Content = new FormUrlEncodedContent(parameters),
        };
        using HttpResponseMessage answer = await program.Http.SendAsync(request, TestContext.Current.CancellationToken);
        string body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, program.Describe($"{string.Join(' ', parameters)}: {(int)answer.StatusCode} {body}"));
        using JsonDocument document = JsonDocument.Parse(body);
        SortedDictionary<string, List<(double Seconds, string Value)>> series = new(StringComparer.Ordinal);
        foreach (JsonElement entry in document.RootElement.GetProperty("data").GetProperty("result").EnumerateArray())
        {
            series.Add(LabelsOf(entry.GetProperty("metric")), SamplesOf(entry));
        }

        return series;
    }

    /// <summary>The one value of an expression that gives one series, or null where it gives none.</summary>
    public async Task<double?> ScalarAsync(string expression) => OneValue(await QueryAsync(expression));

    /// <summary>The same at a time of its own.</summary>
    public async Task<double?> ScalarAsync(string expression, long timestampMs) =>
        OneValue(await QueryAsync(expression, timestampMs));

    private static double? OneValue(SortedDictionary<string, List<(double Seconds, string Value)>> series)
    {
        foreach (List<(double Seconds, string Value)> samples in series.Values)
        {
            return double.Parse(samples[^1].Value, CultureInfo.InvariantCulture);
        }

        return null;
    }

    private static string LabelsOf(JsonElement metric)
    {
        SortedDictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach (JsonProperty label in metric.EnumerateObject())
        {
            labels.Add(label.Name, label.Value.GetString()!);
        }

        return JsonSerializer.Serialize(labels);
    }

    private static List<(double Seconds, string Value)> SamplesOf(JsonElement entry)
    {
        List<(double Seconds, string Value)> samples = [];
        foreach (string member in (ReadOnlySpan<string>)["values", "histograms"])
        {
            if (entry.TryGetProperty(member, out JsonElement values))
            {
                foreach (JsonElement sample in values.EnumerateArray())
                {
                    samples.Add((sample[0].GetDouble(), sample[1].ToString()));
                }
            }
        }

        foreach (string member in (ReadOnlySpan<string>)["value", "histogram"])
        {
            if (entry.TryGetProperty(member, out JsonElement sample))
            {
                samples.Add((sample[0].GetDouble(), sample[1].ToString()));
            }
        }

        return samples;
    }
}
