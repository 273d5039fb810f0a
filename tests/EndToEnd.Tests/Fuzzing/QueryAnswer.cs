using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AmpEdge.EndToEnd.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests.Fuzzing;

/// <summary>What a server says to a query, success or not.</summary>
public sealed class QueryAnswer
{
    private QueryAnswer(int status, JsonElement root)
    {
        Status = status;
        ErrorType = root.TryGetProperty("errorType", out JsonElement kind) ? kind.GetString()! : "";
        Error = root.TryGetProperty("error", out JsonElement error) ? error.GetString()! : "";
        if (root.TryGetProperty("data", out JsonElement data) && data.ValueKind == JsonValueKind.Object)
        {
            ResultType = data.GetProperty("resultType").GetString()!;
            Read(data.GetProperty("result"));
        }
    }

    public int Status { get; }

    public string ErrorType { get; }

    public string Error { get; }

    public string ResultType { get; } = "";

    public bool IsSuccess => Status == 200;

    /// <summary>The labels of the series in the order of the answer; their samples are in <see cref="Series"/>.</summary>
    public List<string> Order { get; } = [];

    /// <summary>Samples as times and texts, by labels as JSON with sorted names. Of a scalar or text: one without labels.</summary>
    public SortedDictionary<string, List<(string Time, string Value)>> Series { get; } = new(StringComparer.Ordinal);

    public static async Task<QueryAnswer> AskAsync(RunningProgram server, FuzzedQuery query)
    {
        Dictionary<string, string> parameters = new() { ["query"] = query.Expression };
        if (query.IsRange)
        {
            parameters["start"] = QueryClient.Seconds(query.StartMs);
            parameters["end"] = QueryClient.Seconds(query.EndMs);
            parameters["step"] = QueryClient.Seconds(query.StepMs);
        }
        else
        {
            parameters["time"] = QueryClient.Seconds(query.StartMs);
        }

        using FormUrlEncodedContent content = new(parameters);
        using HttpResponseMessage answer = await server.Http.PostAsync(
            new Uri(query.IsRange ? "/api/v1/query_range" : "/api/v1/query", UriKind.Relative), content,
            TestContext.Current.CancellationToken);
        string body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return new QueryAnswer((int)answer.StatusCode, document.RootElement);
        }
        catch (JsonException wrong)
        {
            throw new InvalidOperationException(server.Describe($"{query}: {(int)answer.StatusCode} {body}"), wrong);
        }
    }

    public override string ToString() => IsSuccess
        ? string.Create(CultureInfo.InvariantCulture, $"{ResultType} of {Series.Count}")
        : string.Create(CultureInfo.InvariantCulture, $"{Status} {ErrorType}: {Error}");

    private void Read(JsonElement result)
    {
        if (ResultType is "scalar" or "string")
        {
            Add("", [(result[0].GetRawText(), result[1].GetString()!)]);
            return;
        }

        foreach (JsonElement entry in result.EnumerateArray())
        {
            List<(string, string)> samples = [];
            foreach (string member in (ReadOnlySpan<string>)["values", "histograms"])
            {
                if (entry.TryGetProperty(member, out JsonElement values))
                {
                    foreach (JsonElement sample in values.EnumerateArray())
                    {
                        samples.Add((sample[0].GetRawText(), sample[1].ToString()));
                    }
                }
            }

            foreach (string member in (ReadOnlySpan<string>)["value", "histogram"])
            {
                if (entry.TryGetProperty(member, out JsonElement sample))
                {
                    samples.Add((sample[0].GetRawText(), sample[1].ToString()));
                }
            }

            Add(LabelsOf(entry.GetProperty("metric")), samples);
        }
    }

    private void Add(string labels, List<(string, string)> samples)
    {
        // The same labels twice are an answer too: a wrong one.
        while (!Series.TryAdd(labels, samples))
        {
            labels += " again";
        }

        Order.Add(labels);
    }

    private static string LabelsOf(JsonElement metric)
    {
        SortedDictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach (JsonProperty label in metric.EnumerateObject())
        {
            labels.Add(label.Name, label.Value.GetString()!);
        }

        JsonObject ordered = [];
        foreach ((string name, string value) in labels)
        {
            ordered[name] = value;
        }

        return ordered.ToJsonString();
    }
}
