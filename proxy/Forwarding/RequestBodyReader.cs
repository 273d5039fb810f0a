using System.Buffers;
using System.IO.Pipelines;
using AmpEdge.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>Reads request bodies into pooled memory, once, up to a cap.</summary>
internal static class RequestBodyReader
{
    // Less is copied: a block that is kept for it would hold four times as much and more.
    private const int MinAdoptedBytes = BlockPool.LargeBytes / 4;

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

        if (request.ContentLength == 0
            || request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return BodyOutcome.Complete;
        }

        PipeReader reader = request.BodyReader;
        while (true)
        {
            // Memory follows what has come, so that callers who declare much and send little hold little.
            ReadResult read = await reader.ReadAsync(cancel);
            BodyOutcome? outcome = Take(read, request.ContentLength, body, maxBytes, out SequencePosition taken);
            reader.AdvanceTo(taken, read.Buffer.End);
            if (outcome is { } ended)
            {
                return ended;
            }

            if (read.IsCompleted)
            {
                return BodyOutcome.Complete;
            }
        }
    }

    /// <summary>Null when more is to come. A block that the connection still fills is left to it until then.</summary>
    private static BodyOutcome? Take(
        in ReadResult read, long? declared, PooledBody body, long maxBytes, out SequencePosition taken)
    {
        ReadOnlySequence<byte> come = read.Buffer;
        taken = come.End;
        long length = body.Length + come.Length;
        if (length > maxBytes)
        {
            return BodyOutcome.TooLarge;
        }

        // A body of a declared length ends there: the listener gives no byte more.
        bool isWhole = read.IsCompleted || length == declared;
        // Large blocks once half of a small one has come of a body that needs more than that.
        bool comesInBulk = length >= BlockPool.SmallBytes / 2 && (declared ?? long.MaxValue) > BlockPool.SmallBytes;
        SequencePosition next = come.Start;
        SequencePosition start = next;
        while (come.TryGet(ref next, out ReadOnlyMemory<byte> part))
        {
            bool isLast = next.GetObject() is null;
            if (isLast && !isWhole && BlockPool.RoomBehind(part) > 0)
            {
                taken = start;
                return null;
            }

            if (!TryTake(part, body, comesInBulk))
            {
                return BodyOutcome.NoMemory;
            }

            start = next;
        }

        return length == declared ? BodyOutcome.Complete : null;
    }

    private static bool TryTake(ReadOnlyMemory<byte> part, PooledBody body, bool comesInBulk) =>
        part.Length >= MinAdoptedBytes && BlockPool.RoomBehind(part) >= 0
            ? body.TryAdopt(part)
            : body.TryAppend(part.Span, comesInBulk ? BlockPool.LargeBytes : 0);
}
