using System.Text.Json;

namespace AmpEdge.Agent.Discovery;

/// <summary>A node of a JSON target file.</summary>
internal readonly struct JsonTargets(JsonElement element) : ITargetNode<JsonTargets>
{
    public bool IsNull => element.ValueKind == JsonValueKind.Null;

    public IEnumerable<JsonTargets>? Items => element.ValueKind == JsonValueKind.Array ? ItemsOf(element) : null;

    public IEnumerable<(string Key, JsonTargets Value)>? Members =>
        element.ValueKind == JsonValueKind.Object ? MembersOf(element) : null;

    public string? Text => element.ValueKind == JsonValueKind.String ? element.GetString() : null;

    public string Shape => element.ValueKind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "a mapping",
        JsonValueKind.Null => "null",
        JsonValueKind.String => "a text",
        _ => $"'{element.GetRawText()}'",
    };

    public string Position => "";

    private static IEnumerable<JsonTargets> ItemsOf(JsonElement list)
    {
        foreach (JsonElement item in list.EnumerateArray())
        {
            yield return new JsonTargets(item);
        }
    }

    private static IEnumerable<(string Key, JsonTargets Value)> MembersOf(JsonElement mapping)
    {
        foreach (JsonProperty member in mapping.EnumerateObject())
        {
            yield return (member.Name, new JsonTargets(member.Value));
        }
    }
}
