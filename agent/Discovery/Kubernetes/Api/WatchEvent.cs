using System.Text.Json;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>One line of a watch: what happened, and the JSON of the object that it happened to.</summary>
internal readonly ref struct WatchEvent
{
    private WatchEvent(WatchEventType type, ReadOnlySpan<byte> json)
    {
        Type = type;
        Json = json;
    }

    public WatchEventType Type { get; }

    public ReadOnlySpan<byte> Json { get; }

    /// <summary>Takes a line apart.</summary>
    /// <exception cref="KubernetesException">It is no event.</exception>
    public static WatchEvent Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return Read(line);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new KubernetesException($"the watch sent a line that is no event: {error.Message}", error);
        }
    }

    private static WatchEvent Read(ReadOnlySpan<byte> line)
    {
        Utf8JsonReader reader = new(line, new JsonReaderOptions { MaxDepth = KubernetesJson.MaxDepth });
        WatchEventType type = WatchEventType.Unknown;
        ReadOnlySpan<byte> json = default;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new KubernetesException("the watch sent a line that is no event");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isType = reader.ValueTextEquals("type"u8);
            bool isObject = reader.ValueTextEquals("object"u8);
            reader.Read();
            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isType && reader.TokenType == JsonTokenType.String)
            {
                type = TypeOf(ref reader);
            }
            else if (isObject)
            {
                json = line[start..(int)reader.BytesConsumed];
            }
        }

        return !json.IsEmpty ? new WatchEvent(type, json) : throw new KubernetesException("the watch sent an event without an object");
    }

    private static WatchEventType TypeOf(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("ADDED"u8))
        {
            return WatchEventType.Added;
        }

        if (reader.ValueTextEquals("MODIFIED"u8))
        {
            return WatchEventType.Modified;
        }

        if (reader.ValueTextEquals("DELETED"u8))
        {
            return WatchEventType.Deleted;
        }

        if (reader.ValueTextEquals("BOOKMARK"u8))
        {
            return WatchEventType.Bookmark;
        }

        return reader.ValueTextEquals("ERROR"u8) ? WatchEventType.Error : WatchEventType.Unknown;
    }
}
