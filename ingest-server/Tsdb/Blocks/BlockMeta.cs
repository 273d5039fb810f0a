using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// What <c>meta.json</c> says of a block; names, order and absences are those of Prometheus, but for a checksum at the end,
/// which Prometheus passes over.
/// </summary>
public sealed record BlockMeta
{
    /// <summary>The file's name inside of a block's folder.</summary>
    public const string FileName = "meta.json";

    /// <summary>The version that Prometheus writes and reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The block's name, which is that of its folder.</summary>
    [JsonPropertyName("ulid")]
    public required Ulid Ulid { get; init; }

    /// <summary>No sample is earlier, ms.</summary>
    [JsonPropertyName("minTime")]
    public required long MinTimeMs { get; init; }

    /// <summary>All samples are before this time, ms.</summary>
    [JsonPropertyName("maxTime")]
    public required long MaxTimeMs { get; init; }

    /// <summary>Nothing where the file has none: the generated reader then sets null.</summary>
    [JsonPropertyName("stats")]
    public BlockStats Stats { get; init => field = value ?? new BlockStats(); } = new();

    [JsonPropertyName("compaction")]
    public required BlockCompaction Compaction { get; init; }

    [JsonPropertyName("version")]
    public required int Version { get; init; }

    /// <summary>
    /// CRC-32C of the content without it, in hexadecimal. Only in the file: without it a flipped digit of a time would hide
    /// samples, and one of a parent delete a block. What Prometheus wrote has none.
    /// </summary>
    [JsonPropertyName("checksum")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Checksum { get; init; }

    /// <summary>The file's content, as Prometheus writes it, and its checksum.</summary>
    public byte[] ToJson() => Serialize(this with { Checksum = ComputeChecksum() });

    /// <summary>Reads the file's content; false, with what is wrong, when it does not describe a block.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> json, [NotNullWhen(true)] out BlockMeta? meta, [NotNullWhen(false)] out string? error)
    {
        try
        {
            meta = JsonSerializer.Deserialize(json, BlockMetaJson.Default.BlockMeta);
            error = meta is null ? "null instead of an object" : meta.FindProblem();
            meta = error is null ? meta! with { Checksum = null } : null;
        }
        catch (JsonException malformed)
        {
            meta = null;
            error = malformed.Message;
        }

        return meta is not null;
    }

    private static byte[] Serialize(BlockMeta meta) =>
        JsonSerializer.SerializeToUtf8Bytes(meta, BlockMetaJson.Default.BlockMeta);

    private string ComputeChecksum() =>
        Crc32C.Compute(Serialize(this with { Checksum = null })).ToString("x8", CultureInfo.InvariantCulture);

    private string? FindProblem()
    {
        if (Checksum is not null && Checksum != ComputeChecksum())
        {
            return $"the checksum {Checksum}, the content has {ComputeChecksum()}";
        }

        if (Version != CurrentVersion)
        {
            return $"version {Version}, only {CurrentVersion} is known";
        }

        return MinTimeMs > MaxTimeMs ? $"a minTime of {MinTimeMs} after the maxTime of {MaxTimeMs}" : null;
    }
}
