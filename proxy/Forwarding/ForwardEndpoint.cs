using System.Globalization;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using AmpEdge.SigV4;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>
/// Answers every request of a caller: 1. refuse loops, 2. choose the upstream, 3. have credentials, 4. read and hash
/// the body, 5. clean the headers, 6. sign and forward, 7. say what went wrong.
/// </summary>
internal sealed class ForwardEndpoint
{
    private const int LoopDetected = 508;
    private const int MaxShownCharacters = 200;
    private const string RetrySoonSeconds = "5";

    private readonly ProxyOptions _options;
    private readonly UpstreamResolver _upstreams;
    private readonly Func<CredentialAnswer> _credentials;
    private readonly RequestBodyReader _bodies;
    private readonly UpstreamClient _client;
    private readonly LoopGuard _loops;
    private readonly ForwardMetrics _metrics;
    private readonly ILogger _log;
    private readonly TimeProvider _time;

    public ForwardEndpoint(
        ProxyOptions options,
        UpstreamResolver upstreams,
        Func<CredentialAnswer> credentials,
        UpstreamClient client,
        MetricRegistry metrics,
        ILogger log,
        TimeProvider time)
    {
        BodyBudget budget = new(options.MaxBufferedBytes);
        _options = options;
        _upstreams = upstreams;
        _credentials = credentials;
        _bodies = new RequestBodyReader(options.MaxRequestBodyBytes, budget);
        _client = client;
        _loops = new LoopGuard(Guid.NewGuid().ToString("N")[..12]);
        _metrics = new ForwardMetrics(metrics, budget);
        _log = log;
        _time = time;
    }

    public async Task AnswerAsync(HttpContext context)
    {
        IHeaderDictionary headers = context.Request.Headers;
        if (_loops.IsLoop(headers))
        {
            _metrics.Loop.Increment();
            await RefuseAsync(context, LoopDetected, "loop detected: this proxy has forwarded the request before");
            return;
        }

        if (!_upstreams.TryResolve(headers.Host.ToString(), out Upstream? upstream, out string? problem))
        {
            _metrics.UnknownHost.Increment();
            await RefuseAsync(context, StatusCodes.Status502BadGateway, problem);
            return;
        }

        CredentialAnswer answer = _credentials();
        if (answer.Credentials is not { } credentials)
        {
            _metrics.NoCredentials.Increment();
            await RefuseForNowAsync(context, answer.Reason);
            return;
        }

        using PooledBody body = _bodies.NewBody();
        BodyOutcome read = await ReadBodyAsync(context, body);
        _metrics.RequestBodyBytes.Add(body.Length);
        if (read == BodyOutcome.CallerGone)
        {
            return;
        }

        if (read != BodyOutcome.Complete)
        {
            await RefuseBodyAsync(context, read);
            return;
        }

        RequestTarget target = context.RawTarget();
        PrepareRequest(context, body);
        SigningTransformer transformer = new()
        {
            Upstream = upstream,
            Target = target.RawPath + _options.Rules.StripQuery(target.RawQuery),
            PayloadHash = _options.UnsignedPayload ? PayloadHash.Unsigned : body.Hash(),
            Credentials = credentials,
            Log = _log,
            LogSigningProcess = _options.LogSigningProcess,
            LogFailedRequests = _options.LogFailedRequests,
        };
        await ForwardAsync(context, transformer);
    }

    private async ValueTask<BodyOutcome> ReadBodyAsync(HttpContext context, PooledBody body)
    {
        try
        {
            return await _bodies.ReadAsync(context.Request, body, context.RequestAborted);
        }
        catch (BadHttpRequestException refused) when (refused.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // Without a declared length the listener may see the cap exceeded before we do.
            return BodyOutcome.TooLarge;
        }
        catch (IOException gone) when (gone is not BadHttpRequestException)
        {
            // The connection was reset in the middle of the body: nobody is left to be answered.
            ForwardLog.CallerGone(_log, context.Request.Method, Shown(context.RawTarget().RawPath), body.Length);
            return BodyOutcome.CallerGone;
        }
    }

    /// <summary>Leaves only what may go on: no header of this connection, none of another signature.</summary>
    private void PrepareRequest(HttpContext context, PooledBody body)
    {
        HttpRequest request = context.Request;
        bool hasBody = context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? body.Length > 0;
        _options.Rules.Apply(request.Headers);
        HopByHop.Remove(request.Headers);
        request.Headers.Remove(AmzHeaders.Authorization);
        request.Headers.Remove("Expect");
        _loops.Mark(request.Headers);
        request.Body = new PooledBodyStream(body);
        request.ContentLength = hasBody ? body.Length : null;
    }

    private async Task ForwardAsync(HttpContext context, SigningTransformer transformer)
    {
        long started = _time.GetTimestamp();
        ForwarderError error = await _client.SendAsync(context, transformer);
        double seconds = _time.GetElapsedTime(started).TotalSeconds;
        _metrics.UpstreamSeconds.Observe(seconds);
        string upstream = transformer.Upstream.Origin;
        if (error == ForwarderError.None)
        {
            ForwardLog.Forwarded(
                _log, context.Request.Method, upstream, Shown(transformer.Target), context.Response.StatusCode, seconds);
            return;
        }

        if (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone: nobody is left to be told, and the upstream is not to blame.
            return;
        }

        _metrics.UpstreamFailed(error);
        Exception? cause = Innermost(context.Features.Get<IForwarderErrorFeature>()?.Exception);
        string reason = cause?.Message ?? "no further reason";
        ForwardLog.UpstreamFailed(
            _log, context.Request.Method, upstream, Shown(transformer.Target), error.ToString(), reason);
        if (context.Response.HasStarted)
        {
            return;
        }

        if (error == ForwarderError.RequestTimedOut)
        {
            await context.WriteTextAsync(StatusCodes.Status504GatewayTimeout, $"{upstream} {WhatTookTooLong(cause)}");
        }
        else
        {
            await context.WriteTextAsync(
                StatusCodes.Status502BadGateway, $"unable to proxy request to {upstream}: {reason}");
        }
    }

    /// <summary>The client says which of its two limits was met by the kind of the cause.</summary>
    private string WhatTookTooLong(Exception? cause) => cause is TimeoutException
        ? $"took no connection within {Seconds(_options.ConnectTimeout)} s (--transport.connect-timeout)"
        : $"did not answer within {Seconds(_options.UpstreamTimeout)} s (--upstream.timeout)";

    private Task RefuseBodyAsync(HttpContext context, BodyOutcome outcome)
    {
        if (outcome == BodyOutcome.NoMemory)
        {
            _metrics.NoMemory.Increment();
            return RefuseForNowAsync(
                context,
                $"the bodies of running requests hold all of {_options.MaxBufferedBytes} bytes (--max-buffered)");
        }

        _metrics.BodyTooLarge.Increment();
        return RefuseAsync(
            context,
            StatusCodes.Status413PayloadTooLarge,
            $"the request body is larger than {_options.MaxRequestBodyBytes} bytes (--max-request-body)");
    }

    private Task RefuseForNowAsync(HttpContext context, string reason)
    {
        context.Response.Headers.RetryAfter = RetrySoonSeconds;
        return RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, reason);
    }

    private Task RefuseAsync(HttpContext context, int status, string reason)
    {
        ForwardLog.Refused(_log, context.Request.Method, Shown(context.RawTarget().RawPath), status, reason);
        return context.WriteTextAsync(status, reason);
    }

    private static Exception? Innermost(Exception? error)
    {
        while (error is not TimeoutException && error?.InnerException is { } inner)
        {
            error = inner;
        }

        return error;
    }

    /// <summary>What comes from outside is shown in part.</summary>
    internal static string Shown(string target) =>
        target.Length <= MaxShownCharacters ? target : target[..MaxShownCharacters] + "…";

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
}
