using System.Text.Json.Serialization;

namespace AmpEdge.Tsdb;

/// <summary>The generated reader and writer of <c>meta.json</c>, indented by tabs as Go does it.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    IndentCharacter = '\t',
    IndentSize = 1,
    NewLine = "\n",
    RespectNullableAnnotations = true,
    Converters = [typeof(UlidJsonConverter)])]
[JsonSerializable(typeof(BlockMeta))]
internal sealed partial class BlockMetaJson : JsonSerializerContext;
