using System.Text.Json.Serialization;

namespace AmpEdge.Agent.Discovery;

/// <summary>The document of the task metadata endpoint, by generated code.</summary>
[JsonSerializable(typeof(EcsTaskMetadata))]
internal sealed partial class EcsMetadataJson : JsonSerializerContext;
