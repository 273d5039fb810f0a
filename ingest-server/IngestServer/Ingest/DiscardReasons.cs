namespace AmpEdge.IngestServer.Ingest;

/// <summary>The metric labels of <see cref="DiscardReason"/>.</summary>
internal static class DiscardReasons
{
    public const int Count = (int)DiscardReason.StoreFull + 1;

    /// <summary>The value of the <c>reason</c> label, as AMP's <c>DiscardedSamples</c> names it.</summary>
    public static string Name(DiscardReason reason) => reason switch
    {
        DiscardReason.MissingMetricName => "missing_metric_name",
        DiscardReason.InvalidMetricName => "metric_name_invalid",
        DiscardReason.InvalidLabel => "label_invalid",
        DiscardReason.DuplicateLabelNames => "duplicate_label_names",
        DiscardReason.TooManyLabels => "max_label_names_per_series",
        DiscardReason.LabelNameTooLong => "label_name_too_long",
        DiscardReason.LabelValueTooLong => "label_value_too_long",
        DiscardReason.TooFarInFuture => "too_far_in_future",
        DiscardReason.OutOfOrder => "sample-out-of-order",
        DiscardReason.OutOfBounds => "sample-out-of-bounds",
        DiscardReason.TooOld => "sample-too-old",
        DiscardReason.NewValueForTimestamp => "new-value-for-timestamp",
        DiscardReason.NativeHistogram => "native_histogram_unsupported",
        DiscardReason.InvalidHistogram => "native_histogram_invalid",
        DiscardReason.TooManyBuckets => "native_histogram_bucket_count_limit_exceeded",
        DiscardReason.PerUserSeriesLimit => "per_user_series_limit",
        DiscardReason.StoreFull => "store_full",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "not a reason to discard a sample"),
    };
}
