using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Usage;

/// <summary>Tells by its path what a request says about the use of metrics, and of which workspace.</summary>
/// <remarks>
/// Paths of AMP stand below <c>/workspaces/ID</c>; those of Prometheus and of our server without one may have any prefix.
/// Nothing is allocated here: this is asked of every request.
/// </remarks>
internal readonly record struct UsageRequest(UsageRequestKind Kind, Range Workspace)
{
    private const string WorkspacesPrefix = "/workspaces/";
    private const string Api = "/api/v1/";
    private const string Namespaces = "/rulegroupsnamespaces";

    public static UsageRequest Of(string method, ReadOnlySpan<char> path)
    {
        Range workspace = WorkspaceIn(path);
        return new UsageRequest(KindOf(method, path, workspace), workspace);
    }

    /// <summary>The workspace's id; empty when the path has none.</summary>
    public string WorkspaceOf(ReadOnlySpan<char> path) =>
        PercentEncoding.TryDecodeBytes(path[Workspace], out string workspace) ? workspace : "";

    private static Range WorkspaceIn(ReadOnlySpan<char> path)
    {
        int start = path.IndexOf(WorkspacesPrefix, StringComparison.Ordinal);
        if (start < 0)
        {
            return default;
        }

        start += WorkspacesPrefix.Length;
        int length = path[start..].IndexOf('/');
        return start..(length < 0 ? path.Length : start + length);
    }

    private static UsageRequestKind KindOf(string method, ReadOnlySpan<char> path, Range workspace)
    {
        int api = path.LastIndexOf(Api, StringComparison.Ordinal);
        if (api >= 0)
        {
            return KindOfApi(method, path[(api + Api.Length)..]);
        }

        if (path.EndsWith("/federate", StringComparison.Ordinal))
        {
            return UsageRequestKind.Federate;
        }

        ReadOnlySpan<char> rest = path[workspace.End.GetOffset(path.Length)..];
        return !path[workspace].IsEmpty && rest.StartsWith(Namespaces, StringComparison.Ordinal)
            && (rest.Length == Namespaces.Length ? method == "POST" : rest[Namespaces.Length] == '/' && method is "PUT" or "GET")
            ? UsageRequestKind.RuleNamespace
            : UsageRequestKind.Nothing;
    }

    private static UsageRequestKind KindOfApi(string method, ReadOnlySpan<char> endpoint) => endpoint switch
    {
        "remote_write" or "write" or "push" => method == "POST" ? UsageRequestKind.Write : UsageRequestKind.Nothing,
        "query" => UsageRequestKind.Query,
        "query_range" => UsageRequestKind.QueryRange,
        "query_exemplars" => UsageRequestKind.QueryExemplars,
        "series" => method is "GET" or "POST" ? UsageRequestKind.Series : UsageRequestKind.Nothing,
        "labels" => UsageRequestKind.Labels,
        "read" or "remote_read" => method == "POST" ? UsageRequestKind.RemoteRead : UsageRequestKind.Nothing,
        "rules" => method == "GET" ? UsageRequestKind.FetchRules : UsageRequestKind.Nothing,
        _ => endpoint.StartsWith("label/", StringComparison.Ordinal) && endpoint.EndsWith("/values", StringComparison.Ordinal)
            ? UsageRequestKind.Labels
            : UsageRequestKind.Nothing,
    };
}
