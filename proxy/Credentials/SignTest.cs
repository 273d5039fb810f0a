using System.Globalization;
using System.Net;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.SigV4;

namespace AmpEdge.Proxy.Credentials;

/// <summary>Asks a server with a signature and says what its answer means.</summary>
internal sealed class SignTest
{
    private const int MaxShownCharacters = 300;
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    private readonly HttpMessageInvoker _connections;
    private readonly SigV4Signer _signer;
    private readonly AwsCredentials _credentials;
    private readonly TimeProvider _time;

    public SignTest(HttpMessageInvoker connections, SigV4Signer signer, AwsCredentials credentials, TimeProvider time)
    {
        _connections = connections;
        _signer = signer;
        _credentials = credentials;
        _time = time;
    }

    /// <summary>Sends one GET.</summary>
    /// <param name="url">What to ask.</param>
    /// <param name="signHost">The Host header; null for that of the URL.</param>
    public async Task<SignTestAnswer> AskAsync(Uri url, string? signHost)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, url)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.Host = signHost;
        DateTimeOffset signedAt = _time.GetUtcNow();
        new HttpRequestSigner(_signer, _time).Sign(request, PayloadHash.Empty, _credentials, signedAt);
        using CancellationTokenSource timeout = new(s_timeout, _time);
        try
        {
            using HttpResponseMessage answer = await _connections.SendAsync(request, timeout.Token);
            return await ReadAsync(answer, signedAt, timeout.Token);
        }
        catch (HttpRequestException unreachable)
        {
            return new SignTestAnswer(
                false, unreachable.Message, "The server was not reached: check host, port and scheme, DNS, proxies (HTTPS_PROXY) and firewalls.");
        }
        catch (OperationCanceledException)
        {
            return new SignTestAnswer(
                false, $"no answer within {s_timeout.TotalSeconds} seconds", "The server was reached but stays silent: check what lies between.");
        }
    }

    private async Task<SignTestAnswer> ReadAsync(HttpResponseMessage answer, DateTimeOffset signedAt, CancellationToken cancel)
    {
        int status = (int)answer.StatusCode;
        string text = string.Create(CultureInfo.InvariantCulture, $"{status} {answer.StatusCode}");
        if (answer.IsSuccessStatusCode)
        {
            return new SignTestAnswer(true, text + ", the signature is good", "");
        }

        AwsError error = AwsAnswer.ErrorOf(answer, await FailedAnswer.PeekBytesAsync(answer, cancel));
        TimeSpan? skew = AwsAnswer.DateOf(answer) - signedAt;
        string said = (error.Code.Length > 0 ? $", {error.Code}" : "") + (error.Message.Length > 0 ? $": {Cut(error.Message)}" : "");
        return new SignTestAnswer(
            answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed,
            text + said,
            Advice(answer.StatusCode, error.ReasonFor(answer.StatusCode, skew), skew));
    }

    private string Advice(HttpStatusCode status, SignatureRefusal refusal, TimeSpan? skew) => refusal switch
    {
        SignatureRefusal.ClockSkew => string.Create(
            CultureInfo.InvariantCulture,
            $"This machine's clock is {Math.Abs(skew?.TotalSeconds ?? 0):0} seconds {(skew > TimeSpan.Zero ? "slow" : "fast")}: set it (NTP). A running proxy corrects its signatures by itself."),
        SignatureRefusal.ExpiredCredentials => "The session has ended: renew it at its source. A running proxy asks the source again by itself.",
        SignatureRefusal.UnknownCredentials =>
            "The server does not know the key or its token: keys that were deleted or deactivated, a token that belongs to another key, or another partition.",
        SignatureRefusal.SignatureMismatch =>
            $"The signature does not fit: a wrong secret, or something between changes the request. It was signed for {_signer.Scope.Service} in {_signer.Scope.Region}.",
        _ => AdviceFor(status),
    };

    private static string AdviceFor(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized =>
            "The signature was read, the identity may not do this: its policy needs aps:QueryMetrics (aps:RemoteWrite for writes) for the workspace.",
        HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed =>
            "The signature was not refused, but nothing is there: name a query of a workspace with --sign-test URL to be sure.",
        HttpStatusCode.TooManyRequests => "The server is asked too often: try again.",
        >= HttpStatusCode.InternalServerError => "The server's own trouble: try again, and look at its side.",
        _ => "The server does not take this request: name another query with --sign-test URL.",
    };

    private string Cut(string text)
    {
        string hidden = _credentials.SessionToken is { Length: > 0 } token
            ? text.Replace(token, "<hidden>", StringComparison.Ordinal)
            : text;
        return hidden.Length <= MaxShownCharacters ? hidden : hidden[..MaxShownCharacters] + "…";
    }
}
