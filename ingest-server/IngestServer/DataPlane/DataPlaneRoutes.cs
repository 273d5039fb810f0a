using AmpEdge.Hosting;
using AmpEdge.IngestServer.Auth;
using AmpEdge.IngestServer.Federation;
using AmpEdge.IngestServer.Ingest;
using AmpEdge.IngestServer.Query;
using AmpEdge.IngestServer.RemoteRead;
using AmpEdge.IngestServer.Workspaces;

namespace AmpEdge.IngestServer.DataPlane;

/// <summary>Every path of the data plane, each with its verbs and the permission that it needs.</summary>
/// <remarks>
/// <c>/workspaces/{workspaceId}/api/v1/…</c> is AMP's form. Without authentication the same paths also stand at the
/// root, where Prometheus has them, for the only workspace there is.
/// </remarks>
internal sealed class DataPlaneRoutes(
    RouteTable routes,
    RequestGuard guard,
    WorkspaceTable workspaces,
    CrossOrigin crossOrigin,
    QueryEndpoints query,
    WriteEndpoints write,
    FederationEndpoint federation,
    RemoteReadEndpoint remoteRead)
{
    private const string WorkspacePrefix = $"/workspaces/{{{RequestGuard.WorkspaceIdValue}}}";

    /// <summary>A form of parameters: AMP's bound for a request.</summary>
    private const long MaxFormBytes = 1 << 20;

    /// <summary>Maps AMP's paths, and with <paramref name="extensions"/> those that Prometheus has and AMP lacks.</summary>
    public void MapWorkspaces(bool extensions)
    {
        Map(WorkspacePrefix, "/api/v1/remote_write", "POST", DataPlaneAction.RemoteWrite, MaxWriteBytes, write.Amp);
        MapQueries(WorkspacePrefix, extensions);
        routes.Map("*", "/workspaces/{*rest}", guard.AnswerUnknownAsync);
    }

    /// <summary>Maps Prometheus's own paths.</summary>
    public void MapRoot()
    {
        Map("", "/api/v1/remote_write", "POST", DataPlaneAction.RemoteWrite, MaxWriteBytes, write.Amp);
        Map("", "/api/v1/write", "POST", DataPlaneAction.RemoteWrite, MaxWriteBytes, write.Prometheus);
        MapQueries("", extensions: true);
    }

    /// <summary>Of a body, before it is known whose it is: the largest that any workspace takes.</summary>
    private long MaxWriteBytes() => workspaces.LargestRequestBytes;

    private void MapQueries(string prefix, bool extensions)
    {
        MapQuery(prefix, "/api/v1/query", "GET,POST", DataPlaneAction.QueryMetrics, query.Instant);
        MapQuery(prefix, "/api/v1/query_range", "GET,POST", DataPlaneAction.QueryMetrics, query.Range);
        MapQuery(
            prefix, "/api/v1/series", extensions ? "DELETE,GET,POST" : "GET,POST", DataPlaneAction.GetSeries, query.Series);
        MapQuery(prefix, "/api/v1/labels", "GET,POST", DataPlaneAction.GetLabels, query.Labels);
        MapQuery(prefix, "/api/v1/label/{name}/values", "GET", DataPlaneAction.GetLabels, query.LabelValues);
        MapQuery(prefix, "/api/v1/metadata", "GET", DataPlaneAction.GetMetricMetadata, query.Metadata);
        MapQuery(prefix, "/api/v1/rules", "GET", DataPlaneAction.ListRules, query.Rules);
        MapQuery(prefix, "/api/v1/alerts", "GET", DataPlaneAction.ListAlerts, query.Alerts);
        if (extensions)
        {
            MapQuery(prefix, "/api/v1/query_exemplars", "GET,POST", DataPlaneAction.QueryMetrics, query.Exemplars);
            MapQuery(prefix, "/api/v1/format_query", "GET,POST", DataPlaneAction.QueryMetrics, query.Format);
            MapQuery(prefix, "/api/v1/parse_query", "GET,POST", DataPlaneAction.QueryMetrics, query.Parse);
            MapQuery(prefix, "/federate", "GET", DataPlaneAction.QueryMetrics, federation.AnswerAsync);
            MapQuery(prefix, "/api/v1/read", "POST", DataPlaneAction.QueryMetrics, remoteRead.AnswerAsync);
            MapStatus(prefix);
            MapAdmin(prefix);
        }
    }

    /// <summary>What Prometheus tells of itself.</summary>
    private void MapStatus(string prefix)
    {
        (string Path, DataPlaneHandler Handler)[] all =
        [
            ("status/buildinfo", query.Build),
            ("status/runtimeinfo", query.Runtime),
            ("status/tsdb", query.Tsdb),
            ("status/flags", query.Flags),
            ("status/config", query.Config),
            ("status/walreplay", query.Replay),
            ("targets", query.Targets),
            ("targets/metadata", query.TargetMetadata),
            ("scrape_pools", query.ScrapePools),
            ("alertmanagers", query.Alertmanagers),
            ("notifications", query.Notifications),
        ];
        foreach ((string path, DataPlaneHandler handler) in all)
        {
            MapQuery(prefix, "/api/v1/" + path, "GET", DataPlaneAction.QueryMetrics, handler);
        }
    }

    private void MapAdmin(string prefix)
    {
        const string Verbs = "POST,PUT";
        string path = "/api/v1/admin/tsdb/";
        MapQuery(prefix, path + "delete_series", Verbs, DataPlaneAction.AdministerStore, query.DeleteSeries);
        MapQuery(prefix, path + "clean_tombstones", Verbs, DataPlaneAction.AdministerStore, query.CleanTombstones);
        MapQuery(prefix, path + "snapshot", Verbs, DataPlaneAction.AdministerStore, query.Snapshot);
    }

    private void MapQuery(string prefix, string path, string verbs, DataPlaneAction action, DataPlaneHandler handler) =>
        Map(prefix, path, verbs, action, static () => MaxFormBytes, handler);

    private void Map(
        string prefix,
        string path,
        string verbs,
        DataPlaneAction action,
        Func<long> maxBodyBytes,
        DataPlaneHandler handler)
    {
        string pattern = prefix + path;
        string allowed = string.Join(", ", Sorted([.. verbs.Split(','), "OPTIONS"]));
        routes.Map(verbs, pattern, guard.Protect(action, maxBodyBytes, handler));
        routes.Map("OPTIONS", pattern, crossOrigin.AnswerPreflight);
        routes.Map("*", pattern, context =>
        {
            context.Response.Headers.Allow = allowed;
            return context.WriteTextAsync(StatusCodes.Status405MethodNotAllowed, "Method Not Allowed");
        });
    }

    private static string[] Sorted(string[] verbs)
    {
        Array.Sort(verbs, StringComparer.Ordinal);
        return verbs;
    }
}
