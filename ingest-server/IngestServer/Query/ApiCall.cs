using AmpEdge.IngestServer.Workspaces;
using AmpEdge.QueryApi;

namespace AmpEdge.IngestServer.Query;

/// <summary>One authorised call of the Prometheus API: whose data, with which parameters, and where the answer goes.</summary>
internal sealed record ApiCall(
    HttpContext Context, Workspace Workspace, RequestParameters Parameters, ApiResponse Response, CancellationToken Cancel);
