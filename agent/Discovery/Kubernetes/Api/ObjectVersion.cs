using System.Text.Json;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Finds an object's version without reading the rest of it.</summary>
internal static class ObjectVersion
{
    /// <summary><c>metadata.resourceVersion</c>; null when there is none or the JSON is broken before it.</summary>
    public static string? Find(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = KubernetesJson.MaxDepth });
        try
        {
            return reader.Read() && TryEnter(ref reader, "metadata"u8) && TryEnter(ref reader, "resourceVersion"u8)
                && reader.TokenType == JsonTokenType.String
                ? reader.GetString()
                : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Goes on to the value of a member of the object that the reader stands at.</summary>
    private static bool TryEnter(ref Utf8JsonReader reader, ReadOnlySpan<byte> member)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool found = reader.ValueTextEquals(member);
            reader.Read();
            if (found)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
