using System.Globalization;
using System.Text.Json;
using Xunit;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>Asks any Prometheus-compatible API; ours through the signing proxy.</summary>
public sealed class QueryClient(RunningProgram program, string prefix = "")
{
    /// <summary>An instant query's series, by their labels as sorted JSON, with all their samples.</summary>
    public async Task<SortedDictionary<string, List<(double Seconds, string Value)>>> QueryAsync(string expression)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, prefix + "/api/v1/query")
        {
            Content = new FormUrlEncodedContent([new("query", expression)]),
        };
        using HttpResponseMessage answer = await program.Http.SendAsync(request, TestContext.Current.CancellationToken);
        string body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, program.Describe($"{expression}: {(int)answer.StatusCode} {body}"));
        using JsonDocument document = JsonDocument.Parse(body);
        SortedDictionary<string, List<(double Seconds, string Value)>> series = new(StringComparer.Ordinal);
        foreach (JsonElement entry in document.RootElement.GetProperty("data").GetProperty("result").EnumerateArray())
        {
            series.Add(LabelsOf(entry.GetProperty("metric")), SamplesOf(entry));
        }

        return series;
    }

    /// <summary>The one value of an expression that gives one series, or null where it gives none.</summary>
    public async Task<double?> ScalarAsync(string expression)
    {
        foreach (List<(double Seconds, string Value)> samples in (await QueryAsync(expression)).Values)
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
        if (entry.TryGetProperty("values", out JsonElement values))
        {
            foreach (JsonElement sample in values.EnumerateArray())
            {
                samples.Add((sample[0].GetDouble(), sample[1].GetString()!));
            }
        }
        else
        {
            JsonElement sample = entry.GetProperty("value");
            samples.Add((sample[0].GetDouble(), sample[1].GetString()!));
        }

        return samples;
    }
}
