using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>Reads request bodies into pooled memory, once, up to a cap.</summary>
internal static class RequestBodyReader
{
    // A declared length is believed up to here, and only once the first block has arrived: beyond, and before, memory follows what
    // really comes, so that callers who declare much and send little hold little.
    private const int MaxTrustedBytes = 1 << 20;

    /// <summary>Reads all of it; the caller disposes <paramref name="body"/> whatever the outcome.</summary>
    public static async ValueTask<BodyOutcome> ReadAsync(
        HttpRequest request, PooledBody body, long maxBytes, CancellationToken cancel)
    {
        try
        {
            return await ReadAllAsync(request, body, maxBytes, cancel);
        }
        catch (BadHttpRequestException refused) when (refused.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // Without a declared length the listener may see the cap exceeded before we do.
            return BodyOutcome.TooLarge;
        }
        catch (IOException gone) when (gone is not BadHttpRequestException)
        {
            // The connection was reset in the middle of the body: nobody is left to be answered.
            return BodyOutcome.CallerGone;
        }
    }

    private static async ValueTask<BodyOutcome> ReadAllAsync(
        HttpRequest request, PooledBody body, long maxBytes, CancellationToken cancel)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } cap)
        {
            // What the caller still sends of a body that is refused is then not read to its end.
            cap.MaxRequestBodySize = maxBytes;
        }

        if (request.ContentLength > maxBytes)
        {
            return BodyOutcome.TooLarge;
        }

        if (request.ContentLength == 0)
        {
            return BodyOutcome.Complete;
        }

        // One byte more than declared, so that the end is seen without growing again.
        int wanted = (int)Math.Min((request.ContentLength ?? 0) + 1, MaxTrustedBytes);
        while (true)
        {
            if (body.Free.IsEmpty && !body.TryGrow(body.Length == 0 ? Math.Min(wanted, PooledBody.FirstBytes) : wanted))
            {
                return BodyOutcome.NoMemory;
            }

            int count = await request.Body.ReadAsync(body.Free, cancel);
            if (count == 0)
            {
                return BodyOutcome.Complete;
            }

            body.Advance(count);
            if (body.Length > maxBytes)
            {
                return BodyOutcome.TooLarge;
            }
        }
    }
}
