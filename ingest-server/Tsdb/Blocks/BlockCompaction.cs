using System.Text.Json.Serialization;

namespace AmpEdge.Tsdb;

/// <summary>How a block came about.</summary>
public sealed record BlockCompaction
{
    /// <summary>A hint on blocks that were made of out-of-order samples.</summary>
    public const string FromOutOfOrder = "from-out-of-order";

    /// <summary>1 for a block of the head; one more than the highest of those that were merged.</summary>
    [JsonPropertyName("level")]
    public required int Level { get; init; }

    /// <summary>The blocks of the head that are in it, itself when it is one.</summary>
    [JsonPropertyName("sources")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Ulid>? Sources { get; init; }

    /// <summary>It has nothing left and may go with the next compaction.</summary>
    [JsonPropertyName("deletable")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Deletable { get; init; }

    /// <summary>The blocks that it was merged of.</summary>
    [JsonPropertyName("parents")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<BlockParent>? Parents { get; init; }

    /// <summary>A compaction with it failed; it is not tried again.</summary>
    [JsonPropertyName("failed")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Failed { get; init; }

    /// <summary>Words for compaction, such as <see cref="FromOutOfOrder"/>.</summary>
    [JsonPropertyName("hints")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Hints { get; init; }
}
