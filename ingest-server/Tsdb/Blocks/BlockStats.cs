using System.Text.Json.Serialization;

namespace AmpEdge.Tsdb;

/// <summary>How much a block holds. What is zero is left out of the file.</summary>
public sealed record BlockStats
{
    [JsonPropertyName("numSamples")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Samples { get; init; }

    /// <summary>Only newer versions of Prometheus tell floats and histograms apart; we read it and do not write it.</summary>
    [JsonPropertyName("numFloatSamples")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong FloatSamples { get; init; }

    [JsonPropertyName("numHistogramSamples")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong HistogramSamples { get; init; }

    [JsonPropertyName("numSeries")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Series { get; init; }

    [JsonPropertyName("numChunks")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Chunks { get; init; }

    /// <summary>Intervals in the block's tombstones.</summary>
    [JsonPropertyName("numTombstones")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Tombstones { get; init; }
}
