using System.Text.Json.Serialization;

namespace AmpEdge.Agent.Discovery;

/// <summary>The documents of the ECS API (2014-11-13), by generated code.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EcsQuestion))]
[JsonSerializable(typeof(EcsAnswer))]
internal sealed partial class EcsJson : JsonSerializerContext;
