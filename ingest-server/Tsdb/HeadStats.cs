namespace AmpEdge.Tsdb;

/// <summary>
/// The database in numbers, taken at one moment; each names the metric of Prometheus that it is, without the prefix
/// <c>prometheus_tsdb_</c>, where there is one.
/// </summary>
public sealed record HeadStats
{
    /// <summary><c>head_series</c>: series with samples.</summary>
    public required long Series { get; init; }

    /// <summary><c>head_series_created_total</c>.</summary>
    public required long SeriesCreated { get; init; }

    /// <summary><c>head_series_removed_total</c>.</summary>
    public required long SeriesRemoved { get; init; }

    /// <summary><c>head_samples_appended_total{type="float"}</c>.</summary>
    public required long SamplesAppended { get; init; }

    /// <summary><c>head_samples_appended_total{type="histogram"}</c>.</summary>
    public required long HistogramsAppended { get; init; }

    /// <summary><c>head_out_of_order_samples_appended_total</c>: samples of both types stored out of order.</summary>
    public required long OutOfOrderAppended { get; init; }

    /// <summary><c>exemplar_exemplars_in_storage</c>.</summary>
    public required long Exemplars { get; init; }

    /// <summary><c>exemplar_max_exemplars</c>.</summary>
    public required long MaxExemplars { get; init; }

    /// <summary><c>exemplar_series_with_exemplars_in_storage</c>.</summary>
    public required long ExemplarSeries { get; init; }

    /// <summary><c>exemplar_last_exemplars_timestamp_seconds</c>: the time of the oldest one held, ms; 0 without any.</summary>
    public required long OldestExemplarMs { get; init; }

    /// <summary><c>exemplar_exemplars_appended_total</c>.</summary>
    public required long ExemplarsAppended { get; init; }

    /// <summary><c>exemplar_out_of_order_exemplars_total</c>: refused.</summary>
    public required long OutOfOrderExemplars { get; init; }

    /// <summary>Requests committed.</summary>
    public required long Commits { get; init; }

    /// <summary>Samples that repeated the last one: accepted, not stored again.</summary>
    public required long DuplicateSamples { get; init; }

    /// <summary>Samples refused for another value at the series' last time.</summary>
    public required long DuplicateTimestamps { get; init; }

    /// <summary><c>out_of_order_samples_total{type="float"}</c>: refused.</summary>
    public required long OutOfOrderSamples { get; init; }

    /// <summary><c>out_of_bound_samples_total{type="float"}</c>: refused, too old for the head.</summary>
    public required long TooOldSamples { get; init; }

    /// <summary>Samples refused for being ahead of the clock.</summary>
    public required long TooFarInFutureSamples { get; init; }

    /// <summary><c>head_chunks</c>.</summary>
    public required long Chunks { get; init; }

    /// <summary><c>head_chunks_created_total</c>.</summary>
    public required long ChunksCreated { get; init; }

    /// <summary><c>head_chunks_removed_total</c>.</summary>
    public required long ChunksRemoved { get; init; }

    /// <summary><c>head_min_time</c>, ms; <see cref="long.MaxValue"/> without samples.</summary>
    public required long MinTimeMs { get; init; }

    /// <summary><c>head_max_time</c>, ms; <see cref="long.MinValue"/> without samples.</summary>
    public required long MaxTimeMs { get; init; }

    /// <summary>Memory of labels, index and chunks, in bytes.</summary>
    public required long HeadBytes { get; init; }

    /// <summary>What <see cref="HeadBytes"/> is cut back to (<see cref="DatabaseOptions.MaxHeadBytes"/>, or the part of <see cref="HeadBudget"/>).</summary>
    public required long MaxHeadBytes { get; init; }

    /// <summary>Samples refused with their new series, because the head was far over those bytes.</summary>
    public required long HeadFullSamples { get; init; }

    /// <summary>Queriers and appenders in use (<c>isolation_*</c>): they keep unlinked memory from being released.</summary>
    public required int Participants { get; init; }

    /// <summary><c>head_active_appenders</c>: requests that are being written.</summary>
    public required int ActiveAppenders { get; init; }

    /// <summary><c>isolation_high_watermark</c>: the number of the last commit that queries see.</summary>
    public required long HighWatermark { get; init; }

    /// <summary><c>isolation_low_watermark</c>: the oldest such number that a query or a write in use still holds.</summary>
    public required long LowWatermark { get; init; }

    /// <summary>Pieces of memory that wait for one of those.</summary>
    public required int RetiredWaiting { get; init; }

    /// <summary>Older states of series kept for running queries.</summary>
    public required int OlderVersions { get; init; }

    /// <summary>Older states that were not kept for lack of room.</summary>
    public required long VersionOverflows { get; init; }

    /// <summary>Metric families with metadata.</summary>
    public required int MetadataFamilies { get; init; }

    /// <summary>Metadata refused because there were too many families.</summary>
    public required long MetadataRefused { get; init; }

    /// <summary><c>wal_storage_size_bytes</c>.</summary>
    public required long LogBytes { get; init; }

    /// <summary>Log segments on the disk.</summary>
    public required int LogSegments { get; init; }

    /// <summary><c>wal_segment_current</c>.</summary>
    public required int LogSegment { get; init; }

    /// <summary>Every byte written to the log since the start, deleted segments included.</summary>
    public required long LogBytesWritten { get; init; }

    /// <summary>Records written to the log.</summary>
    public required long LogRecords { get; init; }

    /// <summary><c>wal_writes_failed_total</c>: requests that the disk refused.</summary>
    public required long LogWritesFailed { get; init; }

    /// <summary>Syncs that the disk did not confirm.</summary>
    public required long LogSyncsFailed { get; init; }

    /// <summary><c>wal_truncations_total</c>: times that old segments were deleted.</summary>
    public required long LogTruncations { get; init; }

    /// <summary><c>wal_truncations_failed_total</c>: maintenance runs that the disk made fail.</summary>
    public required long MaintenanceFailures { get; init; }

    /// <summary>What the last failed sync or maintenance run said; null when none failed since.</summary>
    public required string? LastDiskError { get; init; }

    /// <summary>Reads them all; cheap.</summary>
    internal static HeadStats Of(
        Head head, HeadWeight weight, HeadLog log, DiskFailures failures, long logTruncations, int activeAppenders) => new()
    {
        Series = head.LiveSeries,
        SeriesCreated = head.Counters.SeriesCreated,
        SeriesRemoved = head.Counters.SeriesRemoved,
        SamplesAppended = head.Counters.SamplesAppended,
        Commits = head.Counters.Commits,
        HistogramsAppended = head.Counters.HistogramsAppended,
        OutOfOrderAppended = head.Counters.LateAppended,
        Exemplars = head.Exemplars.Count,
        MaxExemplars = head.Exemplars.Capacity,
        ExemplarSeries = head.Exemplars.SeriesCount,
        OldestExemplarMs = head.Exemplars.OldestTimeMs is var oldestMs and < long.MaxValue ? oldestMs : 0,
        ExemplarsAppended = head.Exemplars.Appended,
        OutOfOrderExemplars = head.Exemplars.OutOfOrder,
        DuplicateSamples = head.Counters.Of(AppendOutcome.DuplicateSample),
        DuplicateTimestamps = head.Counters.Of(AppendOutcome.DuplicateTimestamp),
        OutOfOrderSamples = head.Counters.Of(AppendOutcome.OutOfOrder),
        TooOldSamples = head.Counters.Of(AppendOutcome.TooOld),
        TooFarInFutureSamples = head.Counters.Of(AppendOutcome.TooFarInFuture),
        Chunks = head.Chunks.Chunks,
        ChunksCreated = head.Chunks.ChunksCreated,
        ChunksRemoved = head.Chunks.ChunksRemoved,
        MinTimeMs = head.MinTimeMs,
        MaxTimeMs = head.MaxTimeMs,
        HeadBytes = head.BytesHeld(),
        MaxHeadBytes = weight.Limit,
        HeadFullSamples = head.Counters.Of(AppendOutcome.HeadFull),
        Participants = head.Retirement.Participants,
        ActiveAppenders = activeAppenders,
        HighWatermark = head.Retirement.VisibleSequence,
        LowWatermark = head.Retirement.OldestSequence(),
        RetiredWaiting = head.Retirement.Waiting,
        OlderVersions = head.Versions.Count,
        VersionOverflows = head.Versions.Overflows,
        MetadataFamilies = head.Metadata.Count,
        MetadataRefused = head.Metadata.Refused,
        LogBytes = log.TotalBytes,
        LogSegments = log.SegmentCount,
        LogSegment = log.Segment,
        LogBytesWritten = log.BytesWritten,
        LogRecords = log.Records,
        LogWritesFailed = log.Failures,
        LogSyncsFailed = failures.Syncs,
        LogTruncations = logTruncations,
        MaintenanceFailures = failures.Maintenances,
        LastDiskError = failures.Last,
    };
}
