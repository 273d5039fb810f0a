using System.Text.Json;
using System.Text.Json.Serialization;

namespace AmpEdge.Tsdb;

/// <summary>A block's name in <c>meta.json</c>: its text.</summary>
internal sealed class UlidJsonConverter : JsonConverter<Ulid>
{
    public override Ulid Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return Ulid.TryParse(text, out Ulid ulid) ? ulid : throw new JsonException($"\"{text}\" is not a ULID");
    }

    public override void Write(Utf8JsonWriter writer, Ulid value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
