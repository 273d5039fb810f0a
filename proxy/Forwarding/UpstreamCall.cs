using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Routing;
using AmpEdge.Proxy.Usage;
using AmpEdge.SigV4;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Forwarder;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>The steps after a request's body was read: 1. clean the headers, 2. sign and forward, 3. if that
/// was in vain and may be repeated, wait and do so, 4. say what went wrong.</summary>
internal sealed class UpstreamCall
{
    private readonly ProxySettings _settings;
    private readonly ResponseForwarder _forwarder;
    private readonly LoopGuard _loops;
    private readonly ForwardMetrics _metrics;
    private readonly ILogger _log;
    private readonly UsageObserver? _usage;
    private readonly TimeProvider _time;

    public UpstreamCall(
        ProxySettings settings, ResponseForwarder forwarder, LoopGuard loops, ForwardMetrics metrics, ILogger log,
        TimeProvider time, UsageObserver? usage = null)
    {
        _settings = settings;
        _forwarder = forwarder;
        _loops = loops;
        _metrics = metrics;
        _log = log;
        _usage = usage;
        _time = time;
    }

    /// <summary>Forwards a request and streams the answer, or says why there is none.</summary>
    public async Task SendAsync(ForwardRequest request, PooledBody body)
    {
        string target = TargetOf(request);
        Observe(request, target, body);
        PooledBody? sent = PrepareRequest(request, body) ? body : null;
        bool mayRetry = request.Route.Retries.Begin(request.Context.Request.Method, request.DecodedPath);
        long started = _time.GetTimestamp();
        for (int attempt = 1; ; attempt++)
        {
            using AttemptClock clock = new(request.Route.Config.Timeouts, _time.GetElapsedTime(started), _time);
            int made = attempt;
            request.Attempts = attempt;
            SigningTransformer transformer = new()
            {
                Upstream = request.Upstream,
                Target = target,
                PayloadHash = request.PayloadHash,
                Credentials = request.Credentials,
                Clock = clock,
                RetryWait = answer => mayRetry ? WaitAfter(request, answer, made, started) : null,
                Log = _log,
                LogSigningProcess = _settings.LogSigningProcess,
                LogFailedRequests = _settings.LogFailedRequests,
                Usage = _usage,
                Request = request,
            };
            ForwarderError error = await SendOnceAsync(request, sent, transformer);
            TimeSpan? wait = transformer.WaitBeforeRetry
                ?? (mayRetry && error == ForwarderError.Request ? WaitAfterNone(request, made, started) : null);
            if (wait is null)
            {
                request.UpstreamTime = _time.GetElapsedTime(started);
                await EndAsync(request, transformer, error, started);
                return;
            }

            if (!await PauseAsync(request.Context, wait.Value))
            {
                return;
            }
        }
    }

    /// <summary>Counts a read whose answer was there already as one that was forwarded.</summary>
    public void ObserveSpared(ForwardRequest request, PooledBody body) => Observe(request, TargetOf(request), body);

    private async ValueTask<ForwarderError> SendOnceAsync(
        ForwardRequest request, PooledBody? body, SigningTransformer transformer)
    {
        long started = _time.GetTimestamp();
        using SignatureMender mender = new()
        {
            Connections = request.Route.Connections.Client,
            Signing = transformer,
            Credentials = request.Route.Credentials,
            Body = body,
            Metrics = _metrics,
        };
        using HttpMessageInvoker sender = new(mender, disposeHandler: false);
        ForwarderError error = await _forwarder.SendAsync(
            request.Context, sender, request.Route.ForwarderSettings, transformer, transformer.Clock.Token);
        request.Credentials = transformer.Credentials;
        _metrics.UpstreamSeconds.Observe(_time.GetElapsedTime(started).TotalSeconds);
        return error;
    }

    /// <summary>When an answer is worth another attempt; null when it goes to the caller.</summary>
    private TimeSpan? WaitAfter(ForwardRequest request, HttpResponseMessage answer, int attempts, long started)
    {
        if (!RetryPolicy.IsTransient(answer.StatusCode))
        {
            return null;
        }

        TimeSpan? asked = answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } when date > _time.GetUtcNow() => date - _time.GetUtcNow(),
            _ => null,
        };
        return WithinTotal(request, request.Route.Retries.NextWait(attempts, asked), started);
    }

    /// <summary>The same after a connection that was refused, or that ended without an answer.</summary>
    private TimeSpan? WaitAfterNone(ForwardRequest request, int attempts, long started) =>
        request.Context.Response.HasStarted || request.Context.RequestAborted.IsCancellationRequested
            ? null
            : WithinTotal(request, request.Route.Retries.NextWait(attempts, retryAfter: null), started);

    private TimeSpan? WithinTotal(ForwardRequest request, TimeSpan? wait, long started)
    {
        TimeSpan total = request.Route.Config.Timeouts.Total;
        return wait is null || total == Timeout.InfiniteTimeSpan || _time.GetElapsedTime(started) + wait < total ? wait : null;
    }

    /// <summary>False when the caller has gone meanwhile.</summary>
    private async ValueTask<bool> PauseAsync(HttpContext context, TimeSpan wait)
    {
        _metrics.Retries.Increment();
        context.Response.Clear();
        await Task.Delay(wait, _time, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !context.RequestAborted.IsCancellationRequested;
    }

    private Task EndAsync(ForwardRequest request, SigningTransformer transformer, ForwarderError error, long started)
    {
        if (error != ForwarderError.None)
        {
            return TellAsync(request, transformer, error);
        }

        ForwardLog.Forwarded(
            _log, request.Context.Request.Method, request.Upstream.Origin, ForwardEndpoint.Shown(transformer.Target),
            request.Context.Response.StatusCode, _time.GetElapsedTime(started).TotalSeconds);
        return Task.CompletedTask;
    }

    /// <summary>Path and query for the upstream, not yet in the form that is signed.</summary>
    private static string TargetOf(ForwardRequest request)
    {
        string query = request.Route.Config.Headers.StripQuery(request.Target.RawQuery);
        if (request.AddedQuery.Length > 0)
        {
            query = query.Length <= 1 ? "?" + request.AddedQuery : $"{query}&{request.AddedQuery}";
        }

        return request.UpstreamPath + query;
    }

    /// <summary>Shows what is written and read to those who count it, as the upstream will see it.</summary>
    private void Observe(ForwardRequest request, string target, PooledBody body)
    {
        if (_usage is not null)
        {
            IHeaderDictionary headers = request.Context.Request.Headers;
            _usage.Observe(
                request.Context.Request.Method, RequestTarget.Parse(target), headers.ContentType.ToString(),
                headers.ContentEncoding.ToString(), body.Content);
        }
    }

    /// <summary>
    /// Leaves only what may go on: no header of this connection, none of another signature. True when there is a body to send,
    /// if only an empty one.
    /// </summary>
    private bool PrepareRequest(ForwardRequest forward, PooledBody body)
    {
        HttpRequest request = forward.Context.Request;
        bool hasBody = forward.Context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? body.Length > 0;
        StringValues via = request.Headers.Via;
        forward.Route.Config.Headers.Apply(request.Headers);
        HopByHop.Remove(request.Headers);
        request.Headers.Remove(AmzHeaders.Authorization);
        request.Headers.Remove("Expect");
        _loops.Mark(request.Headers, via);
        request.ContentLength = null;
        forward.Context.Features.Set<IHttpRequestBodyDetectionFeature>(NoYarpBody.Instance);
        return hasBody;
    }

    private Task TellAsync(ForwardRequest request, SigningTransformer transformer, ForwarderError error)
    {
        HttpContext context = request.Context;
        if (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone: nobody is left to be told, and the upstream is not to blame.
            return Task.CompletedTask;
        }

        string upstream = request.Upstream.Origin;
        _metrics.UpstreamFailed(error);
        Exception? cause = Innermost(context.Features.Get<IForwarderErrorFeature>()?.Exception);
        string reason = cause?.Message ?? "no further reason";
        request.Problem = $"{error}: {reason}";
        ForwardLog.UpstreamFailed(
            _log, context.Request.Method, upstream, ForwardEndpoint.Shown(transformer.Target), error.ToString(), reason);
        if (context.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        if (transformer.Clock.Expired is { } late)
        {
            return context.WriteTextAsync(StatusCodes.Status504GatewayTimeout, $"{upstream} {late}");
        }

        return error == ForwarderError.RequestTimedOut
            ? context.WriteTextAsync(
                StatusCodes.Status504GatewayTimeout,
                $"{upstream} {WhatTookTooLong(cause, request.Route.Config.Timeouts)}")
            : context.WriteTextAsync(
                StatusCodes.Status502BadGateway, $"unable to proxy request to {upstream}: {reason}");
    }

    /// <summary>The client says which of its two limits was met by the kind of the cause.</summary>
    private static string WhatTookTooLong(Exception? cause, TimeoutsConfig timeouts) => cause is TimeoutException
        ? $"took no connection within {AttemptClock.Seconds(timeouts.Connect)} s (timeouts.connect, --transport.connect-timeout)"
        : $"did not answer within {AttemptClock.Seconds(timeouts.Idle)} s (timeouts.idle, --upstream.timeout)";

    private static Exception? Innermost(Exception? error)
    {
        while (error is not TimeoutException && error?.InnerException is { } inner)
        {
            error = inner;
        }

        return error;
    }
}
