using System.Globalization;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using AmpEdge.SigV4;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>The steps after a request's body was read: 1. clean the headers, 2. sign and forward, 3. say what went wrong.</summary>
internal sealed class UpstreamCall
{
    private readonly ProxySettings _settings;
    private readonly ResponseForwarder _forwarder;
    private readonly LoopGuard _loops;
    private readonly ForwardMetrics _metrics;
    private readonly ILogger _log;
    private readonly TimeProvider _time;

    public UpstreamCall(
        ProxySettings settings, ResponseForwarder forwarder, LoopGuard loops, ForwardMetrics metrics, ILogger log,
        TimeProvider time)
    {
        _settings = settings;
        _forwarder = forwarder;
        _loops = loops;
        _metrics = metrics;
        _log = log;
        _time = time;
    }

    /// <summary>Forwards a request and streams the answer, or says why there is none.</summary>
    public async Task SendAsync(ForwardRequest request, PooledBody body)
    {
        PrepareRequest(request, body);
        SigningTransformer transformer = new()
        {
            Upstream = request.Upstream,
            Target = request.Target.RawPath + request.Route.Config.Headers.StripQuery(request.Target.RawQuery),
            PayloadHash = request.Route.Config.Signing.UnsignedPayload ? PayloadHash.Unsigned : body.Hash(),
            Credentials = request.Credentials,
            Log = _log,
            LogSigningProcess = _settings.LogSigningProcess,
            LogFailedRequests = _settings.LogFailedRequests,
        };
        HttpContext context = request.Context;
        long started = _time.GetTimestamp();
        ForwarderError error = await _forwarder.SendAsync(
            context, request.Route.Connections.Client, request.Route.ForwarderSettings, transformer);
        double seconds = _time.GetElapsedTime(started).TotalSeconds;
        _metrics.UpstreamSeconds.Observe(seconds);
        if (error == ForwarderError.None)
        {
            ForwardLog.Forwarded(
                _log, context.Request.Method, request.Upstream.Origin, ForwardEndpoint.Shown(transformer.Target),
                context.Response.StatusCode, seconds);
            return;
        }

        await TellAsync(request, transformer, error);
    }

    /// <summary>Leaves only what may go on: no header of this connection, none of another signature.</summary>
    private void PrepareRequest(ForwardRequest forward, PooledBody body)
    {
        HttpRequest request = forward.Context.Request;
        bool hasBody = forward.Context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? body.Length > 0;
        forward.Route.Config.Headers.Apply(request.Headers);
        HopByHop.Remove(request.Headers);
        request.Headers.Remove(AmzHeaders.Authorization);
        request.Headers.Remove("Expect");
        _loops.Mark(request.Headers);
        request.Body = new PooledBodyStream(body);
        request.ContentLength = hasBody ? body.Length : null;
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
        ForwardLog.UpstreamFailed(
            _log, context.Request.Method, upstream, ForwardEndpoint.Shown(transformer.Target), error.ToString(), reason);
        if (context.Response.HasStarted)
        {
            return Task.CompletedTask;
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
        ? $"took no connection within {Seconds(timeouts.Connect)} s (timeouts.connect, --transport.connect-timeout)"
        : $"did not answer within {Seconds(timeouts.Idle)} s (timeouts.idle, --upstream.timeout)";

    private static Exception? Innermost(Exception? error)
    {
        while (error is not TimeoutException && error?.InnerException is { } inner)
        {
            error = inner;
        }

        return error;
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
}
