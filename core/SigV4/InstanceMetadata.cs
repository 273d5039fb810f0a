using System.Globalization;
using System.Net;
using Amazon.Runtime;

namespace AmpEdge.SigV4;

/// <summary>EC2's instance metadata service: a token (version 2), then what is asked for with it.</summary>
/// <param name="time">Bounds the wait for each answer.</param>
internal sealed class InstanceMetadata(TimeProvider time) : IDisposable
{
    private const string TokenPath = "/latest/api/token";
    private const string LifetimeHeader = "X-aws-ec2-metadata-token-ttl-seconds";
    private const string TokenHeader = "X-aws-ec2-metadata-token";
    private const int MaxAnswerBytes = 64 << 10;

    /// <summary>The service is beside the machine: it answers at once or not at all.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    // Its address is that of the instance alone: no proxy can reach it.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
    {
        MaxResponseContentBufferSize = MaxAnswerBytes,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Null when the service gives no token and may be asked without one.</summary>
    /// <exception cref="AmazonClientException">It does not answer, or refuses to.</exception>
    public async Task<string?> AskTokenAsync(InstanceMetadataSettings asked)
    {
        using HttpRequestMessage request = new(HttpMethod.Put, UrlOf(asked, TokenPath));
        request.Headers.Add(LifetimeHeader, "21600");
        HttpStatusCode status;
        try
        {
            (status, string token) = await SendAsync(request).ConfigureAwait(false);
            if (status == HttpStatusCode.OK)
            {
                return token.Trim();
            }
        }
        catch (AmazonClientException) when (asked.AllowsVersion1)
        {
            return null;
        }

        return asked.AllowsVersion1 && status is not HttpStatusCode.BadRequest
            ? null
            : throw new AmazonClientException(
                $"no session token from {UrlOf(asked, TokenPath)}: {StatusText(status)} (version 1, which needs none, is asked only "
                + "with AWS_EC2_METADATA_V1_DISABLED=false)");
    }

    /// <summary>What stands at a path; null when there is nothing.</summary>
    /// <exception cref="AmazonClientException">It does not answer, or refuses to.</exception>
    public async Task<string?> GetAsync(InstanceMetadataSettings asked, string path, string? token)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, UrlOf(asked, path));
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation(TokenHeader, token);
        }

        (HttpStatusCode status, string body) = await SendAsync(request).ConfigureAwait(false);
        return status switch
        {
            HttpStatusCode.OK => body,
            HttpStatusCode.NotFound => null,
            _ => throw new AmazonClientException($"{UrlOf(asked, path)} answered {StatusText(status)}"),
        };
    }

    public void Dispose() => _http.Dispose();

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpRequestMessage request)
    {
        using CancellationTokenSource late = new(s_patience, time);
        try
        {
            using HttpResponseMessage answer = await _http.SendAsync(request, late.Token).ConfigureAwait(false);
            string body = await answer.Content.ReadAsStringAsync(late.Token).ConfigureAwait(false);
            await PoolThread.SwitchTo();
            return (answer.StatusCode, body);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            throw new AmazonClientException(string.Create(
                CultureInfo.InvariantCulture,
                $"no answer from {request.RequestUri} within {s_patience.TotalSeconds} s (in a container, the instance's hop limit must be 2)"));
        }
        catch (HttpRequestException refused)
        {
            throw new AmazonClientException($"{request.RequestUri} cannot be asked: {refused.Message}", refused);
        }
    }

    private static string UrlOf(InstanceMetadataSettings asked, string path) => asked.Endpoint.AbsoluteUri.TrimEnd('/') + path;

    private static string StatusText(HttpStatusCode status) => string.Create(CultureInfo.InvariantCulture, $"{(int)status} {status}");
}
