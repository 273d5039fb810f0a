using Microsoft.AspNetCore.Http;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>Reads request bodies into pooled memory, once, up to a cap.</summary>
internal sealed class RequestBodyReader(long maxBytes, BodyBudget budget)
{
    // A declared length is believed up to here; beyond, memory follows what really arrives.
    private const int MaxTrustedBytes = 1 << 20;

    public long MaxBytes { get; } = maxBytes;

    /// <summary>Reads all of it; the caller disposes <paramref name="body"/> whatever the outcome.</summary>
    public async ValueTask<BodyOutcome> ReadAsync(HttpRequest request, PooledBody body, CancellationToken cancel)
    {
        if (request.ContentLength > MaxBytes)
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
            if (body.Free.IsEmpty && !body.TryGrow(wanted))
            {
                return BodyOutcome.NoMemory;
            }

            int count = await request.Body.ReadAsync(body.Free, cancel);
            if (count == 0)
            {
                return BodyOutcome.Complete;
            }

            body.Advance(count);
            if (body.Length > MaxBytes)
            {
                return BodyOutcome.TooLarge;
            }
        }
    }

    public PooledBody NewBody() => new(budget);
}
