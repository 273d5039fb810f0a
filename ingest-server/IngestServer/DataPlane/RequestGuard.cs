using AmpEdge.Hosting;
using AmpEdge.IngestServer.Auth;
using AmpEdge.IngestServer.Workspaces;
using Microsoft.Extensions.Logging;

namespace AmpEdge.IngestServer.DataPlane;

/// <summary>
/// Stands in front of every endpoint of a workspace and lets through what is signed, allowed and addressed to a
/// workspace that exists. In this order, so that nobody without a key learns which workspaces there are:
/// <list type="number">
/// <item>what the headers alone refuse: no signature, unknown key, wrong scope, too old;</item>
/// <item>the body is read, up to its cap;</item>
/// <item>the signature is verified over the target as sent and the body's hash;</item>
/// <item>the caller's permissions for this action and workspace;</item>
/// <item>the workspace.</item>
/// </list>
/// </summary>
internal sealed class RequestGuard
{
    public const string RequestIdHeader = "x-amzn-RequestId";

    /// <summary>The route value that names the workspace.</summary>
    public const string WorkspaceIdValue = "workspaceId";

    private const string Anonymous = "anonymous";

    private readonly WorkspaceTable _workspaces;
    private readonly CrossOrigin _crossOrigin;
    private readonly GuardMetrics _metrics;
    private readonly AuditLog _audit;
    private readonly ILogger _log;
    private volatile AccessTable? _access;

    /// <param name="access">Null with <c>--auth=none</c>: every request is let through.</param>
    /// <param name="workspaces">Where the workspace of the path is looked up.</param>
    /// <param name="crossOrigin">Which pages of other origins may read answers.</param>
    /// <param name="metrics">Counts requests by action and refusals by reason.</param>
    /// <param name="audit">Takes a line for each refusal.</param>
    /// <param name="log">Takes, at debug, a line for each request.</param>
    public RequestGuard(
        AccessTable? access,
        WorkspaceTable workspaces,
        CrossOrigin crossOrigin,
        GuardMetrics metrics,
        AuditLog audit,
        ILogger log)
    {
        _access = access;
        _workspaces = workspaces;
        _crossOrigin = crossOrigin;
        _metrics = metrics;
        _audit = audit;
        _log = log;
    }

    /// <summary>Replaces keys and permissions; requests under way end under the old ones.</summary>
    public void Replace(AccessTable access)
    {
        if (_access is not null)
        {
            _access = access;
        }
    }

    /// <summary>The route handler: guards, then answers. <paramref name="maxBodyBytes"/> caps the body as sent.</summary>
    public RequestDelegate Protect(DataPlaneAction action, Func<long> maxBodyBytes, DataPlaneHandler handler) =>
        context => RunAsync(context, action, maxBodyBytes(), handler);

    /// <summary>The route handler of paths that do not exist: nobody without a known key is told so.</summary>
    public async Task AnswerUnknownAsync(HttpContext context)
    {
        BeginAnswer(context);
        AmpError? error = _access is { } access ? Authenticator.RefuseEarly(access, context) : null;
        await RefuseAsync(context, error ?? AmpError.UnknownOperation, Anonymous);
    }

    private async Task RunAsync(
        HttpContext context, DataPlaneAction action, long maxBodyBytes, DataPlaneHandler handler)
    {
        BeginAnswer(context);
        _metrics.Requests(action).Increment();
        AccessTable? access = _access;
        if (access is not null && Authenticator.RefuseEarly(access, context) is { } early)
        {
            await RefuseAsync(context, early, Anonymous);
            return;
        }

        using PooledBody? body = await PooledBody.ReadAsync(context.Request, maxBodyBytes, context.RequestAborted);
        if (body is null)
        {
            await RefuseAsync(context, AmpError.TooLarge(maxBodyBytes), Anonymous);
            return;
        }

        string workspaceId = WorkspaceIdOf(context);
        if (Authorise(access, context, action, workspaceId, body, out string caller) is { } denied)
        {
            await RefuseAsync(context, denied, caller);
            return;
        }

        using WorkspaceLease? lease = _workspaces.TryAcquire(workspaceId, out AmpError? absent);
        if (lease is null)
        {
            await RefuseAsync(context, absent ?? AmpError.WorkspaceNotFound(workspaceId), caller);
            return;
        }

        GuardLog.Request(_log, caller, action, workspaceId, body.Length);
        await handler(new DataPlaneCall(context, lease.Workspace, body, caller));
    }

    private string WorkspaceIdOf(HttpContext context) =>
        context.Request.RouteValues.ContainsKey(WorkspaceIdValue)
            ? context.RouteValue(WorkspaceIdValue)
            : _workspaces.OnlyId;

    private static AmpError? Authorise(
        AccessTable? access,
        HttpContext context,
        DataPlaneAction action,
        string workspaceId,
        PooledBody body,
        out string caller)
    {
        caller = Anonymous;
        if (access is null)
        {
            return null;
        }

        Principal? principal = Authenticator.Verify(access, context, body.Span, out AmpError? error);
        if (principal is null)
        {
            return error ?? AmpError.MissingToken;
        }

        caller = principal.Name;
        return principal.Allows(action, workspaceId)
            ? null
            : AmpError.AccessDenied(
                principal.Arn, DataPlaneActions.Name(action), access.Config.ArnOf(workspaceId));
    }

    private void BeginAnswer(HttpContext context)
    {
        context.Response.Headers[RequestIdHeader] = Guid.NewGuid().ToString();
        _crossOrigin.Allow(context);
    }

    private Task RefuseAsync(HttpContext context, AmpError error, string caller)
    {
        _metrics.Refused(error.Reason).Increment();
        _audit.Refused(context, error, caller);
        return AmpErrorAnswer.SendAsync(context, error);
    }
}
