using System.Globalization;
using AmpEdge.PromQL;
using AmpEdge.QueryApi;

namespace AmpEdge.IngestServer.Query;

/// <summary>
/// <c>targets</c> and what else Prometheus tells of its scraping and of its Alertmanagers: this server is written to, so
/// each answer is what a Prometheus says that has nothing of the kind.
/// </summary>
internal static class ScrapingEndpoints
{
    /// <summary>Counts of dropped targets are told with the dropped targets only; without them there is <c>null</c>.</summary>
    public static Task<ApiError?> AnswerTargetsAsync(ApiCall call)
    {
        string state = call.Parameters.Get("state").ToLowerInvariant();
        return call.Response.SendDataAsync(state is "" or "any" or "dropped"
            ? "{\"activeTargets\":[],\"droppedTargets\":[],\"droppedTargetCounts\":{}}"u8
            : "{\"activeTargets\":[],\"droppedTargets\":[],\"droppedTargetCounts\":null}"u8);
    }

    public static Task<ApiError?> AnswerTargetMetadataAsync(ApiCall call)
    {
        string limit = call.Parameters.Get("limit");
        if (limit.Length > 0 && !int.TryParse(limit, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            return Task.FromResult<ApiError?>(ApiError.BadData("limit must be a number"));
        }

        string selector = call.Parameters.Get("match_target");
        if (selector.Length > 0 && PromQLParser.ParseMetricSelector(selector, out string? problem) is null)
        {
            return Task.FromResult<ApiError?>(ApiError.InvalidParameter("match_target", problem ?? ""));
        }

        return call.Response.SendDataAsync("[]"u8);
    }

    public static Task<ApiError?> AnswerPoolsAsync(ApiCall call) =>
        call.Response.SendDataAsync("{\"scrapePools\":[]}"u8);

    public static Task<ApiError?> AnswerAlertmanagersAsync(ApiCall call) =>
        call.Response.SendDataAsync("{\"activeAlertmanagers\":[],\"droppedAlertmanagers\":[]}"u8);
}
