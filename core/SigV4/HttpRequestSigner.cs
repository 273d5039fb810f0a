using System.Buffers;
using System.Net.Http.Headers;
using System.Text;

namespace AmpEdge.SigV4;

/// <summary>
/// Signs <see cref="HttpRequestMessage"/>s: sets <c>X-Amz-Date</c>, <c>X-Amz-Content-Sha256</c>,
/// <c>X-Amz-Security-Token</c> and <c>Authorization</c>, replacing what was there, and sends the path and query in the
/// form that was signed.
/// </summary>
/// <remarks>
/// Headers must be complete when a request is signed: one added later is either uncovered or, when it repeats a
/// signed name, breaks the signature. Safe for concurrent use.
/// </remarks>
public sealed class HttpRequestSigner(SigV4Signer signer, TimeProvider time)
{
    private volatile SecondText? _lastDate;

    public SigV4Signer Signer { get; } = signer;

    /// <summary>Signs with the hash of <paramref name="body"/>, which the caller sends as the content.</summary>
    public void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body, AwsCredentials credentials) =>
        Sign(request, PayloadHash.Of(body), credentials);

    /// <summary>Signs with a hash that is known already (<see cref="PayloadHash"/>).</summary>
    public void Sign(HttpRequestMessage request, string payloadHash, AwsCredentials credentials) =>
        Sign(request, payloadHash, credentials, time.GetUtcNow());

    /// <summary>The same with a time of the caller's choice.</summary>
    public void Sign(HttpRequestMessage request, string payloadHash, AwsCredentials credentials, DateTimeOffset signedAt)
    {
        Uri uri = request.RequestUri is { IsAbsoluteUri: true } absolute
            ? absolute
            : throw new InvalidOperationException("only a request with an absolute URI can be signed");
        SignedTarget target = TargetOf(uri.Authority, uri.AbsolutePath, QueryOf(uri));
        if (target.Path != uri.AbsolutePath || target.Query != QueryOf(uri))
        {
            request.RequestUri = target.ToUri(uri.Scheme);
        }

        Sign(request, target, payloadHash, credentials, signedAt);
    }

    /// <summary>The same for a target that <see cref="TargetOf"/> made, to which the request's URI leads.</summary>
    public void Sign(
        HttpRequestMessage request, in SignedTarget target, string payloadHash, AwsCredentials credentials, DateTimeOffset signedAt)
    {
        HttpRequestHeaders headers = request.Headers;
        headers.Remove(AmzHeaders.Authorization);
        Replace(headers, AmzHeaders.Date, DateText(signedAt));
        Replace(headers, AmzHeaders.ContentSha256, payloadHash);
        Replace(headers, AmzHeaders.SecurityToken, credentials.SessionToken);

        HeaderField[] fields = ArrayPool<HeaderField>.Shared.Rent(CountFields(request));
        RequestParts parts = Collect(request, target, fields);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Signer.MaxAuthorizationLength(parts, credentials));
        int length = Signer.WriteAuthorization(parts, payloadHash, credentials, signedAt, buffer);
        headers.TryAddWithoutValidation(AmzHeaders.Authorization, Encoding.ASCII.GetString(buffer, 0, length));

        ArrayPool<byte>.Shared.Return(buffer);
        ArrayPool<HeaderField>.Shared.Return(fields, clearArray: true);
    }

    /// <summary>
    /// The target with its path resolved (unless the service takes paths as they are) and its query in canonical
    /// form. The verifier then sees the same text whichever of its own rules it applies.
    /// </summary>
    /// <param name="authority">Host and, unless it is the scheme's own, port: what goes out as <c>Host</c>.</param>
    /// <param name="path">Escapes as sent.</param>
    /// <param name="query">Without its question mark; empty for none.</param>
    public SignedTarget TargetOf(string authority, string path, string query) => new(
        authority,
        Signer.PathRule.Normalize ? CanonicalPath.Resolve(path) : path,
        query.Length > 0 ? CanonicalQuery.ToText(query) : "");

    /// <summary>The steps of the signature that <paramref name="request"/> carries, for logs.</summary>
    public SigningSteps Explain(HttpRequestMessage request, string payloadHash, AwsCredentials credentials)
    {
        HeaderField[] fields = new HeaderField[CountFields(request)];
        Uri uri = request.RequestUri!;
        RequestParts parts = Collect(request, new SignedTarget(uri.Authority, uri.AbsolutePath, QueryOf(uri)), fields);
        return AmzDate.TryParse(parts.FindHeader(AmzHeaders.Date), out DateTimeOffset signedAt)
            ? Signer.Explain(parts, payloadHash, credentials, signedAt)
            : throw new InvalidOperationException("the request was not signed: it has no valid X-Amz-Date header");
    }

    private static string QueryOf(Uri uri) => uri.Query is ['?', .. string query] ? query : "";

    /// <summary>The same text for all requests of a second.</summary>
    private string DateText(DateTimeOffset signedAt)
    {
        long second = signedAt.UtcTicks / TimeSpan.TicksPerSecond;
        SecondText? last = _lastDate;
        if (last is null || last.Second != second)
        {
            _lastDate = last = new SecondText(second, AmzDate.ToText(signedAt));
        }

        return last.Text;
    }

    private static void Replace(HttpRequestHeaders headers, string name, string? value)
    {
        headers.Remove(name);
        if (value is not null)
        {
            headers.TryAddWithoutValidation(name, value);
        }
    }

    // Only NonValidated: the validating enumerator rewrites values such as "application/x-protobuf;proto=…" in place.
    private static int CountFields(HttpRequestMessage request) =>
        1 + request.Headers.NonValidated.Count + (request.Content?.Headers.NonValidated.Count ?? 0);

    private static RequestParts Collect(HttpRequestMessage request, in SignedTarget target, HeaderField[] fields)
    {
        int count = 0;
        fields[count++] = new HeaderField(AmzHeaders.Host, request.Headers.Host ?? target.Authority);
        count = AddFields(request.Headers.NonValidated, fields, count);
        if (request.Content is not null)
        {
            count = AddFields(request.Content.Headers.NonValidated, fields, count);
        }

        return new RequestParts(request.Method.Method, target.Path, target.Query, fields.AsSpan(0, count));
    }

    private static int AddFields(HttpHeadersNonValidated headers, HeaderField[] fields, int count)
    {
        foreach (KeyValuePair<string, HeaderStringValues> header in headers)
        {
            // The host is field zero; Content-Length may still change with the transfer coding of the connection.
            if (header.Key.Equals(AmzHeaders.Host, StringComparison.OrdinalIgnoreCase)
                || header.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            // Repeated values go out on one line, joined as ToString joins them, and that line is what is verified.
            fields[count++] = new HeaderField(header.Key, header.Value.ToString());
        }

        return count;
    }

    /// <summary>A second since the year one, and how it is written.</summary>
    private sealed record SecondText(long Second, string Text);
}
