using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.Proxy.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace AmpEdge.Proxy.WriteFiltering;

/// <summary>Applies a route's <c>write_relabel_configs</c> to the writes that go through it. Thread-safe.</summary>
internal sealed class RouteWriteFilter(IReadOnlyList<RelabelRule> rules, WriteFilterMetrics.OfRoute metrics)
{
    /// <summary>What is larger once it is unpacked is refused.</summary>
    private const int MostUnpackedBytes = 64 << 20;

    /// <summary>Their buffers are worth keeping; as many as write at the same time.</summary>
    private readonly ConcurrentBag<WriteFilter> _idle = [];

    /// <summary>True for the requests that <see cref="Apply"/> looks into.</summary>
    public static bool Filters(ForwardRequest request) =>
        ApiPaths.IsSampleWrite(request.Context.Request.Method, request.DecodedPath);

    /// <summary>
    /// Puts what the rules leave in the place of a body. Null when it may go on; else why not. A write that nothing is left of is
    /// answered in the upstream's place.
    /// </summary>
    public Refusal? Apply(ForwardRequest request, PooledBody body)
    {
        HttpRequest http = request.Context.Request;
        if (CheckForm(http, body) is { } unreadable)
        {
            return unreadable;
        }

        WriteProtocol protocol = http.ContentType?.Contains("io.prometheus.write.v2.Request", StringComparison.Ordinal) == true
            ? WriteProtocol.V2
            : WriteProtocol.V1;
        WriteFilter filter = _idle.TryTake(out WriteFilter? idle) ? idle : new WriteFilter(rules);
        try
        {
            return Apply(request, body, filter, protocol);
        }
        finally
        {
            _idle.Add(filter);
        }
    }

    private Refusal? Apply(ForwardRequest request, PooledBody body, WriteFilter filter, WriteProtocol protocol)
    {
        if (!TryFilter(body.Content, filter, protocol, out WriteFilterCounts counts))
        {
            return NoMessage();
        }

        metrics.Count(counts);
        if (counts.Dropped + counts.Changed == 0)
        {
            return null;
        }

        if (counts.IsEmpty)
        {
            request.Handler = new NothingLeft(protocol, counts);
        }
        else if (protocol == WriteProtocol.V2 && counts.Dropped > 0)
        {
            request.Context.Response.OnStarting(() => AddDropped(request.Context.Response.Headers, counts));
        }

        byte[] packed = ArrayPool<byte>.Shared.Rent(Snappy.MaxEncodedLength(filter.Output.Length));
        try
        {
            // The caller's own hash was of another body.
            request.Context.Request.Headers.Remove(SigV4.AmzHeaders.ContentSha256);
            return body.TryReplace(packed.AsSpan(0, Snappy.Encode(filter.Output, packed)))
                ? null
                : new Refusal(
                    RefusalReason.BufferFull, StatusCodes.Status503ServiceUnavailable,
                    "the bodies of running requests hold all the memory that they may (--max-buffered); come again in a few seconds", 5);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packed);
        }
    }

    /// <summary>A caller's own hash is held against the body that it sent; then there is a body to be looked into.</summary>
    private static Refusal? CheckForm(HttpRequest http, PooledBody body)
    {
        string claimed = http.Headers[SigV4.AmzHeaders.ContentSha256].ToString();
        if (claimed.Length > 0 && PayloadClaim.Check(claimed, body.Hash()) is { } wrong)
        {
            return wrong;
        }

        string encoding = http.Headers.ContentEncoding.ToString();
        if (encoding is not ("" or "snappy"))
        {
            return new Refusal(
                RefusalReason.NotFilterable, StatusCodes.Status415UnsupportedMediaType,
                $"this route filters writes (write_relabel_configs) and cannot look into Content-Encoding {ForwardEndpoint.Shown(encoding)}; send snappy");
        }

        return Snappy.TryGetDecodedLength(body.Content, out int length) && length > MostUnpackedBytes
            ? new Refusal(
                RefusalReason.BodyTooLarge, StatusCodes.Status413PayloadTooLarge,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"this route filters writes (write_relabel_configs) and takes {MostUnpackedBytes} bytes unpacked, not {length}; send less at once"))
            : null;
    }

    private static Refusal NoMessage() => new(
        RefusalReason.NotFilterable, StatusCodes.Status400BadRequest,
        "this route filters writes (write_relabel_configs) and the body is no remote write message of version 1.0 or 2.0: nothing was forwarded");

    private static bool TryFilter(
        ReadOnlySpan<byte> body, WriteFilter filter, WriteProtocol protocol, out WriteFilterCounts counts)
    {
        counts = default;
        if (!Snappy.TryGetDecodedLength(body, out int length))
        {
            return false;
        }

        byte[] unpacked = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            return Snappy.TryDecode(body, unpacked, out int written)
                && filter.TryApply(unpacked.AsSpan(0, written), protocol, out counts);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(unpacked);
        }
    }

    /// <summary>A sender of version 2.0 takes what nobody confirms for lost; what it was told to leave out here is not.</summary>
    private static Task AddDropped(IHeaderDictionary headers, WriteFilterCounts counts)
    {
        Add(headers, WriteHeaders.SamplesWritten, counts.DroppedSamples);
        Add(headers, WriteHeaders.HistogramsWritten, counts.DroppedHistograms);
        Add(headers, WriteHeaders.ExemplarsWritten, counts.DroppedExemplars);
        return Task.CompletedTask;
    }

    private static void Add(IHeaderDictionary headers, string name, int dropped)
    {
        if (headers.TryGetValue(name, out StringValues written)
            && long.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out long count))
        {
            headers[name] = (count + dropped).ToString(CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Answers a write of which the rules leave nothing.</summary>
    private sealed class NothingLeft(WriteProtocol protocol, WriteFilterCounts counts) : IRequestHandler
    {
        public Task AnswerAsync(ForwardRequest request, PooledBody body)
        {
            HttpResponse response = request.Context.Response;
            response.StatusCode = StatusCodes.Status204NoContent;
            if (protocol == WriteProtocol.V2)
            {
                response.Headers[WriteHeaders.SamplesWritten] = counts.DroppedSamples.ToString(CultureInfo.InvariantCulture);
                response.Headers[WriteHeaders.HistogramsWritten] = counts.DroppedHistograms.ToString(CultureInfo.InvariantCulture);
                response.Headers[WriteHeaders.ExemplarsWritten] = counts.DroppedExemplars.ToString(CultureInfo.InvariantCulture);
            }

            return Task.CompletedTask;
        }
    }
}
