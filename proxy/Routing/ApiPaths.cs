using Microsoft.AspNetCore.Http;

namespace AmpEdge.Proxy.Routing;

/// <summary>Which requests of Prometheus's and AMP's APIs read and which write, by method and the end of the path.</summary>
internal static class ApiPaths
{
    private static readonly string[] s_writes =
        ["/api/v1/remote_write", "/api/v1/write", "/api/v1/push", "/api/v1/otlp/v1/metrics"];

    private static readonly string[] s_queries =
    [
        "/api/v1/query", "/api/v1/query_range", "/api/v1/query_exemplars", "/api/v1/series", "/api/v1/labels",
        "/api/v1/format_query", "/api/v1/parse_query", "/api/v1/read",
    ];

    private static readonly string[] s_shared =
    [
        "/api/v1/query", "/api/v1/query_range", "/api/v1/query_exemplars", "/api/v1/series", "/api/v1/labels", "/api/v1/metadata",
    ];

    /// <summary>True for what changes nothing; a POST to a path that is not known is taken to change something.</summary>
    public static bool IsRead(string method, ReadOnlySpan<char> path) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method)
        || (HttpMethods.IsPost(method) && EndsWithOne(path, s_queries));

    /// <summary>True for the reads whose answers are alike for all who ask the same: queries, series, labels, metadata.</summary>
    public static bool IsSharedRead(string method, ReadOnlySpan<char> path) =>
        (HttpMethods.IsGet(method) || HttpMethods.IsPost(method))
        && (EndsWithOne(path, s_shared)
            || (HttpMethods.IsGet(method) && path.EndsWith("/values", StringComparison.Ordinal)
                && path.Contains("/api/v1/label/", StringComparison.Ordinal)));

    /// <summary>True for what sends samples.</summary>
    public static bool IsSampleWrite(string method, ReadOnlySpan<char> path) =>
        HttpMethods.IsPost(method) && EndsWithOne(path, s_writes);

    public static bool IsRangeQuery(ReadOnlySpan<char> path) => path.EndsWith("/api/v1/query_range", StringComparison.Ordinal);

    public static bool IsInstantQuery(ReadOnlySpan<char> path) => path.EndsWith("/api/v1/query", StringComparison.Ordinal);

    private static bool EndsWithOne(ReadOnlySpan<char> path, string[] ends)
    {
        foreach (string end in ends)
        {
            if (path.EndsWith(end, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
