using System.Text.Json;

namespace AmpEdge.Tests.Support;

/// <summary>One recorded request with the answer that a real Prometheus gave.</summary>
public sealed record ConformanceCase(
    string Id, string Server, string Method, string Path, JsonElement Definition, JsonElement Response)
{
    public static List<ConformanceCase> ReadAll(string file)
    {
        List<ConformanceCase> cases = [];
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
        foreach (JsonElement element in document.RootElement.EnumerateArray())
        {
            cases.Add(Read(element.Clone()));
        }

        return cases;
    }

    /// <summary>A request that stands inside a case: <c>then</c>.</summary>
    public ConformanceCase Follow(JsonElement definition, JsonElement response) => this with
    {
        Method = definition.GetProperty("method").GetString() ?? "",
        Path = definition.GetProperty("path").GetString() ?? "",
        Definition = definition,
        Response = response,
    };

    public string Text(string member) =>
        Definition.TryGetProperty(member, out JsonElement value) ? value.GetString() ?? "" : "";

    public IEnumerable<KeyValuePair<string, string>> Parameters()
    {
        if (Definition.TryGetProperty("params", out JsonElement parameters) && parameters.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement pair in parameters.EnumerateArray())
            {
                yield return new(pair[0].GetString() ?? "", pair[1].GetString() ?? "");
            }
        }
    }

    public IEnumerable<KeyValuePair<string, string>> Headers()
    {
        if (Definition.TryGetProperty("headers", out JsonElement headers) && headers.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty header in headers.EnumerateObject())
            {
                yield return new(header.Name, header.Value.GetString() ?? "");
            }
        }
    }

    private static ConformanceCase Read(JsonElement element) => new(
        element.GetProperty("id").GetString() ?? "",
        element.TryGetProperty("server", out JsonElement server) ? server.GetString() ?? "" : "",
        element.GetProperty("method").GetString() ?? "",
        element.GetProperty("path").GetString() ?? "",
        element,
        element.GetProperty("response"));
}
