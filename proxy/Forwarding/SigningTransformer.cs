using AmpEdge.Proxy.Usage;
using AmpEdge.SigV4;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>Turns one request of a caller into the signed request for the upstream; made per request.</summary>
internal sealed class SigningTransformer : HttpTransformer
{
    private SignedTarget _target;

    public required Upstream Upstream { get; init; }

    /// <summary>Raw path and query, stripped parameters gone.</summary>
    public required string Target { get; init; }

    public required string PayloadHash { get; init; }

    /// <summary>What it is signed with; others once these were refused.</summary>
    public required AwsCredentials Credentials { get; set; }

    /// <summary>The limits of this attempt.</summary>
    public required AttemptClock Clock { get; init; }

    /// <summary>
    /// Asked for each answer: how long to wait before the request is sent again, with the answer kept from the caller; null to
    /// let it through.
    /// </summary>
    public required Func<HttpResponseMessage, TimeSpan?> RetryWait { get; init; }

    /// <summary>What <see cref="RetryWait"/> said of the answer.</summary>
    public TimeSpan? WaitBeforeRetry { get; private set; }

    public required ILogger Log { get; init; }

    public required bool LogSigningProcess { get; init; }

    public required bool LogFailedRequests { get; init; }

    /// <summary>Sees answers that hold rules; null when nobody counts who reads what.</summary>
    public UsageObserver? Usage { get; init; }

    /// <summary>The request that is answered, for which bytes of the answer are counted.</summary>
    public required ForwardRequest Request { get; init; }

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        // It goes out as the caller wrote it, but for what the signer brings into its signed form.
        int query = Target.IndexOf('?', StringComparison.Ordinal);
        _target = Upstream.Signer.TargetOf(
            Upstream.Authority, query < 0 ? Target : Target[..query], query < 0 ? "" : Target[(query + 1)..]);
        proxyRequest.RequestUri = _target.ToUri(Upstream.Scheme);
        proxyRequest.Headers.Host = Upstream.HostHeader;
        Sign(proxyRequest, Upstream.Clock.GetUtcNow());
    }

    /// <summary>What the signature that was made last is dated.</summary>
    public DateTimeOffset SignedAt { get; private set; }

    /// <summary>Signs the request, in place of a signature that it may have already.</summary>
    public void Sign(HttpRequestMessage request, DateTimeOffset signedAt)
    {
        SignedAt = signedAt;
        Upstream.Signer.Sign(request, _target, PayloadHash, Credentials, signedAt);
        if (LogSigningProcess)
        {
            SigningSteps steps = Upstream.Signer.Explain(request, PayloadHash, Credentials);
            ForwardLog.Signed(Log, HideToken(steps.CanonicalRequest), steps.StringToSign, steps.Signature);
        }
    }

    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        Clock.HeadersCame();
        if (proxyResponse is not null && RetryWait(proxyResponse) is { } wait)
        {
            WaitBeforeRetry = wait;
            return false;
        }

        bool copyBody = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        if (proxyResponse is null)
        {
            return copyBody;
        }

        HopByHop.Remove(httpContext.Response.Headers, proxyResponse.Headers.Connection);
        Request.Stop.ApplyTo(httpContext);
        if (LogFailedRequests && (int)proxyResponse.StatusCode >= StatusCodes.Status400BadRequest)
        {
            string body = await FailedAnswer.PeekAsync(proxyResponse, cancellationToken);
            ForwardLog.FailedAnswer(
                Log,
                httpContext.Request.Method,
                Upstream.Origin,
                ForwardEndpoint.Shown(Target),
                (int)proxyResponse.StatusCode,
                HideToken(body));
            if (proxyResponse.RequestMessage is { } refused)
            {
                CompareSignatures(refused, body);
            }
        }

        if (Usage is not null)
        {
            await ObservedAnswer.WatchAsync(Usage, httpContext.Request.Method, Target, proxyResponse, cancellationToken);
        }

        // What follows a change of protocol is no body, and goes both ways.
        if (proxyResponse.StatusCode != System.Net.HttpStatusCode.SwitchingProtocols)
        {
            proxyResponse.Content = new CountedContent(proxyResponse.Content, Request);
        }

        return copyBody;
    }

    /// <summary>Computed again from the request as it was sent: only a refusal needs it.</summary>
    private void CompareSignatures(HttpRequestMessage refused, string body)
    {
        string ours = Upstream.Signer.Explain(refused, PayloadHash, Credentials).CanonicalRequest;
        if (SignatureMismatch.Find(body, ours) is { } mismatch)
        {
            ForwardLog.SignatureMismatch(
                Log, Upstream.Origin, HideToken(mismatch.Difference), HideToken(ours), HideToken(mismatch.Theirs));
        }
    }

    private string HideToken(string text) =>
        Credentials.SessionToken is { Length: > 0 } token
            ? text.Replace(token, "<hidden>", StringComparison.Ordinal)
            : text;
}
