using System.Text.Json.Serialization;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>
/// Readers of the API's objects, made at build time. The models name only the fields that are used; every field may be
/// absent or null, since bookmarks carry objects without content.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    MaxDepth = MaxDepth)]
[JsonSerializable(typeof(PodJson))]
[JsonSerializable(typeof(NodeJson))]
[JsonSerializable(typeof(ServiceJson))]
[JsonSerializable(typeof(EndpointsJson))]
[JsonSerializable(typeof(EndpointSliceJson))]
[JsonSerializable(typeof(IngressJson))]
[JsonSerializable(typeof(MetadataOnlyJson))]
[JsonSerializable(typeof(StatusJson))]
[JsonSerializable(typeof(ListMetaJson))]
internal sealed partial class KubernetesJson : JsonSerializerContext
{
    /// <summary>Deeper than any object of the API: field managers nest as deep as the object that they describe.</summary>
    public const int MaxDepth = 256;
}
