using System.Text;
using AmpEdge.IngestServer.Query;
using AmpEdge.Prometheus;
using AmpEdge.QueryApi;

namespace AmpEdge.IngestServer.Ingest;

/// <summary>
/// What a sender reads when a sample is refused, in AMP's words: senders and their operators search for these texts,
/// and our agent reads series and reasons out of them. Values from outside are cut to 200 characters.
/// </summary>
internal static class WriteTexts
{
    public const string MissingMetricName = "sample missing metric name";

    private const int MaxQuotedBytes = 200;

    public static string InvalidMetricName(ReadOnlySpan<byte> metric) => $"sample invalid metric name: {Quote(metric)}";

    public static string InvalidLabel(ReadOnlySpan<byte> name, ReadOnlySpan<byte> metric) =>
        $"sample invalid label: {Quote(name)} metric {Quote(metric)}";

    public static string DuplicateLabelName(ReadOnlySpan<byte> name, ReadOnlySpan<byte> metric) =>
        $"duplicate label name: {Quote(name)} metric {Quote(metric)}";

    public static string TooManyLabels(int actual, int limit, Labels labels) =>
        $"series has too many labels (actual: {actual}, limit: {limit}) series: '{Cut(labels.ToString())}'";

    public static string LabelNameTooLong(ReadOnlySpan<byte> name, int limit, ReadOnlySpan<byte> metric) =>
        $"label name too long for metric (actual: {name.Length}, limit: {limit}) metric: {Quote(metric)} "
        + $"label name: {Quote(name)}";

    /// <summary>The limit counts name and value together, so the actual size does as well.</summary>
    public static string LabelValueTooLong(
        int nameLength, ReadOnlySpan<byte> value, int limit, ReadOnlySpan<byte> metric) =>
        $"label value too long for metric (actual: {nameLength + value.Length}, limit: {limit}) "
        + $"metric: {Quote(metric)} label value: {Quote(value)}";

    public static string TooFarInFuture(long timestampMs, ReadOnlySpan<byte> metric) =>
        $"timestamp too new: {timestampMs} metric: {Quote(metric)}";

    /// <summary>A sample that the store refuses, named with the workspace, its time and its series.</summary>
    public static string RefusedByStore(string tenant, DiscardReason reason, long timestampMs, Labels labels)
    {
        string problem = reason switch
        {
            DiscardReason.OutOfOrder => "out of order sample",
            DiscardReason.OutOfBounds => "out of bounds",
            DiscardReason.TooOld => "too old sample",
            DiscardReason.NewValueForTimestamp => "duplicate sample for timestamp",
            _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "not a refusal of the store"),
        };
        return $"user={tenant}: err: {problem}. timestamp={Rfc3339.FromMilliseconds(timestampMs)}, "
            + $"series={LabelsFormatter.FormatAsPairs(labels)}";
    }

    /// <summary>The limit is global in AMP's words; this server is all that there is, so the local one is the same.</summary>
    public static string TooManySeries(string tenant, int limit) =>
        $"user={tenant}: per-user series limit of {limit} exceeded, please contact administrator to raise it "
        + $"(local limit: 0 global limit: {limit} actual local limit: {limit})";

    public static string StoreFull(string tenant) =>
        $"user={tenant}: the workspace is over the memory that storage.max_head_size allows: no new series until its oldest "
        + "samples are dropped, try again";

    /// <summary>A native histogram that nothing can be counted as, or one with too many buckets.</summary>
    public static string BadHistogram(string tenant, string problem, long timestampMs, Labels labels) =>
        $"user={tenant}: err: {problem}. timestamp={Rfc3339.FromMilliseconds(timestampMs)}, "
        + $"series={LabelsFormatter.FormatAsPairs(labels)}";

    /// <summary>AMP takes no native histograms; a silent drop would look like lost data.</summary>
    public static string NativeHistogram(string tenant, Labels labels) =>
        $"user={tenant}: err: native histograms are not supported, send classic histograms. "
        + $"series={LabelsFormatter.FormatAsPairs(labels)}";

    private static string Quote(ReadOnlySpan<byte> utf8) =>
        LabelsFormatter.Quote(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, MaxQuotedBytes)]));

    private static string Cut(string text) => text.Length <= MaxQuotedBytes ? text : text[..MaxQuotedBytes];
}
