using System.Globalization;
using System.Linq;
using AmpEdge.Prometheus;
using AmpEdge.QueryApi;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Query;

/// <summary><c>metadata</c>: type, unit and help of metric families, as senders reported them.</summary>
internal static class MetadataEndpoint
{
    public static async Task<ApiError?> AnswerAsync(ApiCall call)
    {
        if (!TryReadCount(call, "limit", out int limit))
        {
            return ApiError.BadData("limit must be a number");
        }

        if (!TryReadCount(call, "limit_per_metric", out int limitPerMetric))
        {
            return ApiError.BadData("limit_per_metric must be a number");
        }

        string wanted = call.Parameters.Get("metric");
        JsonBuffer json = call.Response.Json;
        json.Raw("{\"status\":\"success\",\"data\":{"u8);
        string? family = null;
        int families = 0;
        int inFamily = 0;
        foreach (MetricMetadata metadata in Read(call, wanted))
        {
            if (metadata.FamilyName != family)
            {
                if (limit >= 0 && families == limit)
                {
                    break;
                }

                json.Raw(family is null ? ""u8 : "],"u8);
                family = metadata.FamilyName;
                json.String(family);
                json.Raw(":["u8);
                families++;
                inFamily = 0;
            }

            if (limitPerMetric <= 0 || inFamily < limitPerMetric)
            {
                WriteEntry(json, metadata, isFirst: inFamily++ == 0);
            }

            await call.Response.FlushIfLargeAsync();
        }

        json.Raw(family is null ? "}}"u8 : "]}}"u8);
        await call.Response.CompleteAsync();
        return null;
    }

    private static void WriteEntry(JsonBuffer json, MetricMetadata metadata, bool isFirst)
    {
        json.Raw(isFirst ? "{\"type\":"u8 : ",{\"type\":"u8);
        json.String(metadata.Type.ToString().ToLowerInvariant());
        json.Raw(",\"unit\":"u8);
        json.String(metadata.Unit);
        json.Raw(",\"help\":"u8);
        json.String(metadata.Help);
        json.Raw((byte)'}');
    }

    /// <summary>Sorted by family; what senders said of one family stays in its order.</summary>
    private static List<MetricMetadata> Read(ApiCall call, string wanted)
    {
        using DatabaseQuerier querier = call.Workspace.Database.NewQuerier();
        List<MetricMetadata> all = querier.Metadata(wanted.Length == 0 ? null : wanted);
        return [.. all.OrderBy(static metadata => metadata.FamilyName, Utf8Order.Instance)];
    }

    private static bool TryReadCount(ApiCall call, string name, out int count)
    {
        string text = call.Parameters.Get(name);
        count = -1;
        return text.Length == 0
            || int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out count);
    }
}
