using System.Net.Http.Headers;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Credentials;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.Proxy.Usage;
using AmpEdge.QueryApi;
using AmpEdge.SigV4;

namespace AmpEdge.Proxy.FanOut;

/// <summary>A member that is reached over HTTP, with a signer, credentials and base path of its own.</summary>
internal sealed class Member : IMember
{
    private const string FormType = "application/x-www-form-urlencoded";

    // What is signed is what is sent: nothing is unescaped or resolved on the way.
    private static readonly UriCreationOptions s_asWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly Upstream _upstream;
    private readonly string _basePath;
    private readonly Func<CredentialAnswer> _credentials;
    private readonly HttpMessageInvoker _connections;

    /// <param name="name">The value of the workspace label.</param>
    /// <param name="upstream">Origin and signer.</param>
    /// <param name="basePath">What stands before <c>/api/v1</c>, without a final slash; may be empty.</param>
    /// <param name="credentials">To sign with.</param>
    /// <param name="connections">Kept by whoever made them.</param>
    public Member(
        string name,
        Upstream upstream,
        string basePath,
        Func<CredentialAnswer> credentials,
        HttpMessageInvoker connections)
    {
        Name = name;
        _upstream = upstream;
        _basePath = basePath;
        _credentials = credentials;
        _connections = connections;
    }

    public string Name { get; }

    /// <summary>Sees what is asked; null when nobody counts who reads what.</summary>
    public UsageObserver? Usage { get; init; }

    public async Task<HttpResponseMessage> SendAsync(string path, string query, string? form, string via, CancellationToken cancel)
    {
        CredentialAnswer answer = _credentials();
        if (answer.Credentials is not { } credentials)
        {
            throw new MemberFailedException(ApiErrorKind.Unavailable, answer.Reason);
        }

        string target = query.Length > 0 ? $"{path}?{query}" : path;
        using HttpRequestMessage request = new(
            form is null ? HttpMethod.Get : HttpMethod.Post, new Uri($"{_upstream.Origin}{_basePath}{target}", s_asWritten))
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.Host = _upstream.HostHeader;
        request.Headers.TryAddWithoutValidation("Via", via);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        byte[] body = [];
        if (form is not null)
        {
            body = Encoding.UTF8.GetBytes(form);
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(FormType);
        }

        Usage?.Observe(request.Method.Method, RequestTarget.Parse(_basePath + target), form is null ? "" : FormType, "", body);
        _upstream.Signer.Sign(request, body, credentials);
        try
        {
            return await _connections.SendAsync(request, cancel);
        }
        catch (HttpRequestException refused)
        {
            throw new MemberFailedException(
                ApiErrorKind.Unavailable, $"{_upstream.Origin} cannot be reached: {Innermost(refused).Message}", refused);
        }
    }

    private static Exception Innermost(Exception error)
    {
        while (error.InnerException is { } inner)
        {
            error = inner;
        }

        return error;
    }
}
