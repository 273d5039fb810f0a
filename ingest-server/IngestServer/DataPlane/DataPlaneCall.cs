using AmpEdge.IngestServer.Workspaces;

namespace AmpEdge.IngestServer.DataPlane;

/// <summary>A request that may be answered: who is allowed has been settled, the body is read and the workspace open.</summary>
/// <param name="Context">The HTTP request and its response.</param>
/// <param name="Workspace">The workspace of the path; stays open until the call ends.</param>
/// <param name="Body">The whole body; belongs to the guard, which gives it back after the call.</param>
/// <param name="Caller">The principal's name, or <c>anonymous</c> with <c>--auth=none</c>.</param>
internal sealed record DataPlaneCall(HttpContext Context, Workspace Workspace, PooledBody Body, string Caller);
