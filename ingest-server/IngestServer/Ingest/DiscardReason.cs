namespace AmpEdge.IngestServer.Ingest;

/// <summary>Why a sample was not stored. Each has a metric label of its own, in the words that AMP publishes.</summary>
internal enum DiscardReason
{
    None,
    MissingMetricName,
    InvalidMetricName,
    InvalidLabel,
    DuplicateLabelNames,
    TooManyLabels,
    LabelNameTooLong,
    LabelValueTooLong,
    TooFarInFuture,
    OutOfOrder,
    OutOfBounds,
    TooOld,
    NewValueForTimestamp,
    NativeHistogram,
    InvalidHistogram,
    TooManyBuckets,
    PerUserSeriesLimit,
    StoreFull,
}
