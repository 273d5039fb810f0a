using System.Text.Json.Serialization;

namespace AmpEdge.Tsdb;

/// <summary>A block that another was merged of, and which may be gone.</summary>
public sealed record BlockParent
{
    [JsonPropertyName("ulid")]
    public required Ulid Ulid { get; init; }

    [JsonPropertyName("minTime")]
    public required long MinTimeMs { get; init; }

    [JsonPropertyName("maxTime")]
    public required long MaxTimeMs { get; init; }
}
