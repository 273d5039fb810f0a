using System.Net;
using System.Net.Http.Headers;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>A pooled body as the content of a request: sent straight from the pool's memory, as often as needed.</summary>
internal sealed class PooledBodyContent : HttpContent
{
    private readonly PooledBody _body;

    /// <param name="body">What is sent.</param>
    /// <param name="headers">The headers of the content; null for none but the length.</param>
    public PooledBodyContent(PooledBody body, HttpContentHeaders? headers)
    {
        _body = body;
        if (headers is not null)
        {
            foreach (KeyValuePair<string, HeaderStringValues> header in headers.NonValidated)
            {
                Headers.TryAddWithoutValidation(header.Key, header.Value);
            }
        }

        Headers.ContentLength = body.Length;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _body.CopyToAsync(stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
