using System.Globalization;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Routing;
using AmpEdge.Proxy.WriteFiltering;
using AmpEdge.SigV4;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>Answers every request of a caller: 1. admit it to a route, 2. take one of the route's places, 3. read its
/// body, 4. admit and hash that, 5. sign and forward it, or have it answered in the upstream's place.</summary>
internal sealed class ForwardEndpoint
{
    private const int MaxShownCharacters = 200;
    private const int RetrySoonSeconds = 5;

    private readonly CurrentRoutes _routes;
    private readonly RequestAdmission _admission;
    private readonly UpstreamCall _upstream;
    private readonly ForwardMetrics _metrics;
    private readonly BodyBudget _budget;
    private readonly RequestJournal _journal;
    private readonly StopNotice _stop;
    private readonly ILogger _log;

    public ForwardEndpoint(
        CurrentRoutes routes, RequestAdmission admission, BodyBudget budget, UpstreamCall upstream, ForwardMetrics metrics,
        RequestJournal journal, StopNotice stop, ILogger log)
    {
        _routes = routes;
        _admission = admission;
        _upstream = upstream;
        _metrics = metrics;
        _budget = budget;
        _journal = journal;
        _stop = stop;
        _log = log;
    }

    /// <summary>Answers a request that came in by a listener of that name.</summary>
    /// <param name="context">The request and its answer.</param>
    /// <param name="target">Path and query as sent.</param>
    /// <param name="listener">The name.</param>
    public async Task AnswerAsync(HttpContext context, RequestTarget target, string listener)
    {
        long startedAt = _journal.Now;
        RouteSet routes = _routes.Enter();
        ForwardRequest request = new(context, target, listener) { Stop = _stop };
        _stop.ApplyTo(context);
        try
        {
            Refusal? refusal = _admission.Admit(request, routes);
            await AnswerAsync(request, refusal, startedAt);
        }
        finally
        {
            routes.Leave();
        }
    }

    private async Task AnswerAsync(ForwardRequest request, Refusal? refusal, long startedAt)
    {
        _journal.Begin(request);
        try
        {
            await AnswerAsync(request, refusal);
        }
        finally
        {
            _journal.End(request, startedAt);
        }
    }

    private async Task AnswerAsync(ForwardRequest request, Refusal? refusal)
    {
        if (refusal is not null)
        {
            await RefuseAsync(request, refusal);
            return;
        }

        RouteLimits limits = request.Route.Limits;
        if (!limits.TryEnter())
        {
            await RefuseAsync(request, TooManyRunning(request.Route));
            return;
        }

        try
        {
            await ForwardAsync(request);
        }
        finally
        {
            limits.Leave();
        }
    }

    private async Task ForwardAsync(ForwardRequest request)
    {
        using PooledBody body = new(_budget);
        BodyOutcome read = await RequestBodyReader.ReadAsync(
            request.Context.Request, body, request.Route.Config.Limits.RequestBodyBytes, request.Context.RequestAborted);
        _metrics.RequestBodyBytes.Add(body.Length);
        request.BytesIn = body.Length;
        switch (read)
        {
            case BodyOutcome.Complete when Filter(request, body) is { } refusal:
                await RefuseAsync(request, refusal);
                break;
            case BodyOutcome.Complete when BodyAdmission.Admit(request, body) is { } refusal:
                await RefuseAsync(request, refusal);
                break;
            case BodyOutcome.Complete when Hash(request, body) is { } refusal:
                await RefuseAsync(request, refusal);
                break;
            case BodyOutcome.Complete:
                await (request.Route.Cache?.AnswerAsync(request, body, SendAsync, ObserveSpared) ?? SendAsync(request, body));
                break;
            case BodyOutcome.CallerGone:
                ForwardLog.CallerGone(_log, request.Context.Request.Method, Shown(request.Path), body.Length);
                await RefuseBrokenAsync(request, body);
                break;
            default:
                await RefuseAsync(request, RefusalOf(read, request));
                break;
        }
    }

    /// <summary>Leaves of a write what the route's rules leave; null when it may go on.</summary>
    private static Refusal? Filter(ForwardRequest request, PooledBody body) =>
        request.Handler is null && request.Route.WriteFilter is { } filter && RouteWriteFilter.Filters(request)
            ? filter.Apply(request, body)
            : null;

    private Task SendAsync(ForwardRequest request, PooledBody body) =>
        request.Handler?.AnswerAsync(request, body) ?? _upstream.SendAsync(request, body);

    /// <summary>Whoever is answered with what another asked for reads it all the same. A virtual workspace counts where its members are asked.</summary>
    private void ObserveSpared(ForwardRequest request, PooledBody body)
    {
        if (request.Handler is null)
        {
            _upstream.ObserveSpared(request, body);
        }
    }

    /// <summary>The body is hashed once, for whoever needs its hash. Null when its caller's own hash is right, or absent.</summary>
    private static Refusal? Hash(ForwardRequest request, PooledBody body)
    {
        if (request.Route.Config.Signing.UnsignedPayload)
        {
            return null;
        }

        request.PayloadHash = body.Hash();
        return PayloadClaim.Check(
            request.Context.Request.Headers[AmzHeaders.ContentSha256].ToString(), request.PayloadHash);
    }

    /// <summary>Chunks that cannot be read end like a connection that was reset: whoever still listens must not take it for success.</summary>
    private Task RefuseBrokenAsync(ForwardRequest request, PooledBody body) =>
        request.Context.RequestAborted.IsCancellationRequested
            ? Task.CompletedTask
            : RefuseAsync(request, new Refusal(
                RefusalReason.BadFraming, StatusCodes.Status400BadRequest,
                string.Create(
                    CultureInfo.InvariantCulture, $"the request body cannot be read beyond {body.Length} bytes: nothing was forwarded")));

    private static Refusal TooManyRunning(ProxyRoute route) => new(
        RefusalReason.TooManyRunning, StatusCodes.Status503ServiceUnavailable,
        $"route {route.Name} takes {route.Config.Limits.ConcurrentRequests} requests at once "
        + "(limits.concurrent_requests); come again later",
        RetryAfterSeconds: 1);

    private Refusal RefusalOf(BodyOutcome outcome, ForwardRequest request) => outcome == BodyOutcome.NoMemory
        ? new Refusal(
            RefusalReason.BufferFull, StatusCodes.Status503ServiceUnavailable,
            $"the bodies of running requests hold all of {_budget.MaxBytes} bytes (--max-buffered); come again in a few seconds", RetrySoonSeconds)
        : new Refusal(
            RefusalReason.BodyTooLarge, StatusCodes.Status413PayloadTooLarge,
            $"the request body is larger than {request.Route.Config.Limits.RequestBodyBytes} bytes "
            + "(limits.request_body, --max-request-body); send less at once, or raise it");

    private Task RefuseAsync(ForwardRequest request, Refusal refusal)
    {
        HttpContext context = request.Context;
        request.Problem = refusal.Text;
        _metrics.Refused(refusal.Reason);
        ForwardLog.Refused(_log, context.Request.Method, Shown(request.Path), refusal.Status, refusal.Text);
        if (refusal.RetryAfterSeconds > 0)
        {
            context.Response.Headers.RetryAfter = refusal.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        return context.WriteTextAsync(refusal.Status, refusal.Text);
    }

    /// <summary>What comes from outside is shown in part.</summary>
    internal static string Shown(string target) =>
        target.Length <= MaxShownCharacters ? target : target[..MaxShownCharacters] + "…";
}
