using System.Net;
using AmpEdge.Proxy.Credentials;
using AmpEdge.SigV4;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>
/// Sends one request; when the upstream refuses its signature for its time or for credentials that have ended, signs it with
/// the right time or with other credentials and sends it once more. Made per request.
/// </summary>
internal sealed class SignatureMender : HttpMessageHandler
{
    public required HttpMessageInvoker Connections { get; init; }

    public required SigningTransformer Signing { get; init; }

    public required RouteCredentials Credentials { get; init; }

    /// <summary>What is sent; null for a request without a body.</summary>
    public required PooledBody? Body { get; init; }

    public required ForwardMetrics Metrics { get; init; }

    private SigningClock Clock => Signing.Upstream.Clock;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage answer = await SendOnceAsync(request, cancellationToken);
        SignatureRefusal refusal = await ReasonOfAsync(answer, cancellationToken);
        switch (refusal)
        {
            case SignatureRefusal.ClockSkew:
                return await WithOtherTimeAsync(request, answer, cancellationToken);
            case SignatureRefusal.ExpiredCredentials or SignatureRefusal.UnknownCredentials:
                return await WithOtherCredentialsAsync(request, answer, cancellationToken);
            default:
                if (Clock.WantsDate)
                {
                    Clock.Observe(AwsAnswer.DateOf(answer));
                }

                return answer;
        }
    }

    private async Task<HttpResponseMessage> WithOtherTimeAsync(
        HttpRequestMessage request, HttpResponseMessage refused, CancellationToken cancel)
    {
        if (SigningClock.Candidate(AwsAnswer.DateOf(refused), Signing.SignedAt) is not { } candidate)
        {
            return refused;
        }

        refused.Dispose();
        Metrics.SignatureRetried(SignatureRefusal.ClockSkew);
        long timestamp = Clock.GetTimestamp();
        Signing.Sign(request, candidate);
        HttpResponseMessage answer = await SendOnceAsync(request, cancel);
        SignatureRefusal refusal = await ReasonOfAsync(answer, cancel);
        if (refusal != SignatureRefusal.ClockSkew)
        {
            Clock.Adopt(candidate, timestamp);
        }

        // A clock that is wrong and a session that has ended often come together, after a machine slept.
        return refusal is SignatureRefusal.ExpiredCredentials or SignatureRefusal.UnknownCredentials
            ? await WithOtherCredentialsAsync(request, answer, cancel)
            : answer;
    }

    private async Task<HttpResponseMessage> WithOtherCredentialsAsync(
        HttpRequestMessage request, HttpResponseMessage refused, CancellationToken cancel)
    {
        if (await Credentials.ReplaceAsync(Signing.Credentials, cancel) is not { } others)
        {
            return refused;
        }

        refused.Dispose();
        Metrics.SignatureRetried(SignatureRefusal.ExpiredCredentials);
        Signing.Credentials = others;
        Signing.Sign(request, Clock.GetUtcNow());
        return await SendOnceAsync(request, cancel);
    }

    private Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        if (Body is not null)
        {
            request.Content = new PooledBodyContent(Body, request.Content?.Headers);
        }

        return Connections.SendAsync(request, cancel);
    }

    /// <summary>Reads the beginning of an answer that may be about the signature; all others pass untouched.</summary>
    private async ValueTask<SignatureRefusal> ReasonOfAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        if (answer.StatusCode is not (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest))
        {
            return SignatureRefusal.Other;
        }

        AwsError error = AwsAnswer.ErrorOf(answer, await FailedAnswer.PeekBytesAsync(answer, cancel));
        return error.ReasonFor(answer.StatusCode, AwsAnswer.DateOf(answer) - Signing.SignedAt);
    }
}
