namespace AmpEdge.Tsdb;

/// <summary>
/// The blocks of a database and their upkeep in numbers; each names the metric of Prometheus that it is, without the prefix
/// <c>prometheus_tsdb_</c>, where there is one.
/// </summary>
public sealed record UpkeepStats
{
    /// <summary><c>blocks_loaded</c>.</summary>
    public required int Blocks { get; init; }

    /// <summary><c>storage_blocks_bytes</c>.</summary>
    public required long BlockBytes { get; init; }

    /// <summary><c>symbol_table_size_bytes</c>: memory for the names and values of blocks.</summary>
    public required long SymbolBytes { get; init; }

    /// <summary>Blocks that cannot be read and stand aside.</summary>
    public required int SetAside { get; init; }

    /// <summary><c>lowest_timestamp</c>, ms: the first time of blocks and head; <see cref="long.MaxValue"/> without samples.</summary>
    public required long LowestTimeMs { get; init; }

    /// <summary><c>compactions_triggered_total</c>: how often it was looked whether there is something to do.</summary>
    public required long CompactionsTriggered { get; init; }

    /// <summary><c>compactions_total</c>: blocks written, those of the head included.</summary>
    public required long Compactions { get; init; }

    /// <summary><c>compactions_failed_total</c>.</summary>
    public required long CompactionsFailed { get; init; }

    /// <summary><c>vertical_compactions_total</c>: those of overlapping blocks.</summary>
    public required long VerticalCompactions { get; init; }

    /// <summary><c>head_truncations_total</c>: times that samples in blocks left the head.</summary>
    public required long HeadTruncations { get; init; }

    /// <summary><c>head_truncations_failed_total</c>.</summary>
    public required long HeadTruncationsFailed { get; init; }

    /// <summary><c>time_retentions_total</c>: blocks given up for their age.</summary>
    public required long TimeRetentions { get; init; }

    /// <summary><c>size_retentions_total</c>: blocks given up for room.</summary>
    public required long SizeRetentions { get; init; }

    /// <summary>Blocks written anew without what was deleted in them.</summary>
    public required long TombstoneCleanups { get; init; }
}
