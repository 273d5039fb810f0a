using System.Text.Json;

namespace AmpEdge.Proxy.Usage;

/// <summary>Reads JSON of which only a few members matter, whatever else it holds.</summary>
internal static class JsonTree
{
    /// <summary>The document; null when the bytes are no JSON.</summary>
    public static JsonDocument? Parse(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json);
        try
        {
            return JsonDocument.ParseValue(ref reader);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement member) ? member : null;

    public static JsonElement.ArrayEnumerator Items(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : default;

    /// <summary>The text; surrogates that stand alone have none.</summary>
    public static string TextOf(JsonElement text)
    {
        try
        {
            return text.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }
}
