using System.Net;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// Tells from a receiver's status and text what to do with a batch that it did not take: wait, drop, or look for the series or
/// samples that it will not have.
/// </summary>
/// <remarks>
/// Amazon Managed Prometheus answers 429 both for its rate limit, which waiting cures, and for its series limits, which it does
/// not; the texts differ. They are those of Cortex, which Mimir shares in part; Prometheus's own are beside them. A 429 for
/// rate is always waited for, also without <c>retry_on_http_429</c>: nothing that a retry can fix is dropped. Nor is anything
/// dropped because of credentials: a person can mend those, and the samples are safe in the buffer until then.
/// </remarks>
internal static class RefusalReader
{
    /// <summary>Words of a text that blames some series or samples, and the reason to count those under.</summary>
    private static readonly (string Words, string Reason)[] s_partial =
    [
        ("per-user series limit", "per_user_series_limit"),
        ("per-metric series limit", "per_metric_series_limit"),
        ("per-labelset series limit", "per_labelset_series_limit"),
        ("out of order sample", "sample_out_of_order"),
        ("out of order samples", "sample_out_of_order"),
        ("out of bounds", "sample_out_of_bounds"),
        ("too old sample", "sample_too_old"),
        ("duplicate sample for timestamp", "new_value_for_timestamp"),
        ("timestamp too new", "too_far_in_future"),
        ("too far in the future", "too_far_in_future"),
        ("label name too long", "label_name_too_long"),
        ("label value too long", "label_value_too_long"),
        ("too many labels", "max_label_names_per_series"),
        ("sample invalid label", "label_invalid"),
        ("sample invalid metric name", "metric_name_invalid"),
        ("sample missing metric name", "missing_metric_name"),
        ("labels not sorted", "labels_not_sorted"),
        ("duplicate label name", "duplicate_label_names"),
    ];

    /// <summary>Words by which AWS says that a signature came too late: the next try is signed afresh.</summary>
    private static readonly string[] s_expired =
        ["ExpiredToken", "Signature expired", "Signature not yet current", "security token included in the request is expired"];

    /// <summary>The verdict on any status but a 2xx.</summary>
    public static WriteAnswer Read(HttpStatusCode status, string text, TimeSpan? retryAfter)
    {
        string message = $"{(int)status}: {WriteClient.Cut(text)}";
        if ((int)status >= 500)
        {
            return new WriteAnswer(WriteVerdict.Retry, "server_error", message, retryAfter);
        }

        if (status is HttpStatusCode.TooManyRequests or HttpStatusCode.BadRequest && PartialReason(text) is { } reason)
        {
            return new WriteAnswer(WriteVerdict.PartlyRefused, reason, message);
        }

        return status switch
        {
            HttpStatusCode.TooManyRequests => new WriteAnswer(WriteVerdict.Retry, "rate_limited", message, retryAfter),
            HttpStatusCode.Forbidden when Contains(text, s_expired) =>
                new WriteAnswer(WriteVerdict.Retry, "signature_expired", message, retryAfter),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                new WriteAnswer(WriteVerdict.Parked, "not_authorized", message, retryAfter),
            HttpStatusCode.RequestEntityTooLarge => new WriteAnswer(WriteVerdict.PartlyRefused, "too_large", message),
            _ => new WriteAnswer(WriteVerdict.Refused, $"status_{(int)status}", message),
        };
    }

    private static string? PartialReason(string text)
    {
        foreach ((string words, string reason) in s_partial)
        {
            if (text.Contains(words, StringComparison.OrdinalIgnoreCase))
            {
                return reason;
            }
        }

        return null;
    }

    private static bool Contains(string text, string[] words)
    {
        foreach (string word in words)
        {
            if (text.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
