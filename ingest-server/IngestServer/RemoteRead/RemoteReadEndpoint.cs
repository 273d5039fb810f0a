using System.Buffers;
using AmpEdge.Hosting;
using AmpEdge.IngestServer.DataPlane;
using AmpEdge.IngestServer.Query;
using AmpEdge.Prometheus;
using AmpEdge.Tsdb;
using Microsoft.Extensions.Logging;

namespace AmpEdge.IngestServer.RemoteRead;

/// <summary>
/// <c>read</c>: remote read, by which another Prometheus evaluates over this store. Answers with samples in one message or,
/// to whoever takes them, with chunks in a stream that holds one series at a time. Errors are plain text.
/// </summary>
internal sealed class RemoteReadEndpoint(RemoteReadLimits limits, RemoteReadGate gate, ILogger log)
{
    /// <summary>What a decoded request may take; Prometheus's bound for one as sent.</summary>
    private const int MaxDecodedBytes = 32 << 20;

    /// <summary>Frames are sent once there are so many bytes of them.</summary>
    private const int FlushAtBytes = 64 * 1024;

    private readonly RemoteReadLimits _limits = limits;
    private readonly RemoteReadGate _gate = gate;
    private readonly ILogger _log = log;

    public async Task AnswerAsync(DataPlaneCall call)
    {
        HttpContext context = call.Context;
        if (!await _gate.TryEnterAsync(context.RequestAborted))
        {
            await context.WriteTextAsync(StatusCodes.Status503ServiceUnavailable, _gate.Refusal);
            return;
        }

        try
        {
            await AnswerInTurnAsync(call);
        }
        catch (IOException failed) when (!context.RequestAborted.IsCancellationRequested)
        {
            QueryLog.ReadFailed(_log, failed, call.Workspace.Id);
            if (context.Response.HasStarted)
            {
                // Half a stream is on the wire: cutting it is the only way left to say that it is not whole.
                context.Abort();
                return;
            }

            await context.WriteTextAsync(StatusCodes.Status500InternalServerError, failed.Message);
        }
        finally
        {
            _gate.Leave();
        }
    }

    private async Task AnswerInTurnAsync(DataPlaneCall call)
    {
        if (!TryRead(call.Body.Span, out ReadRequest? request, out string? problem))
        {
            await call.Context.WriteTextAsync(StatusCodes.Status400BadRequest, problem ?? "");
            return;
        }

        switch (request?.Negotiate())
        {
            case ReadResponseType.Samples:
                await SendSamplesAsync(call, request);
                break;
            case ReadResponseType.StreamedXorChunks:
                await StreamChunksAsync(call, request);
                break;
            default:
                string asked = string.Join(' ', request?.Accepted ?? []);
                await call.Context.WriteTextAsync(
                    StatusCodes.Status400BadRequest,
                    $"server does not support any of the requested response types: [{asked}]; "
                    + "supported: map[SAMPLES:{} STREAMED_XOR_CHUNKS:{}]");
                break;
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> body, out ReadRequest? request, out string? problem)
    {
        request = null;
        if (!Snappy.TryGetDecodedLength(body, out int length) || length > MaxDecodedBytes)
        {
            problem = length > MaxDecodedBytes
                ? $"snappy: decoded length {length} exceeds limit {MaxDecodedBytes}"
                : "snappy: corrupt input";
            return false;
        }

        byte[] message = ArrayPool<byte>.Shared.Rent(Math.Max(length, 1));
        try
        {
            problem = "snappy: corrupt input";
            return Snappy.TryDecode(body, message, out int written)
                && ReadRequest.TryParse(message.AsSpan(0, written), out request, out problem);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(message);
        }
    }

    private async Task SendSamplesAsync(DataPlaneCall call, ReadRequest request)
    {
        HttpContext context = call.Context;
        SamplesAnswer answer = new(_limits.MaxSamples);
        using (DatabaseQuerier querier = call.Workspace.Database.NewQuerier(context.RequestAborted))
        {
            foreach (ReadQuery query in request.Queries)
            {
                if (answer.Add(querier, query, context.RequestAborted) is { } problem)
                {
                    await context.WriteTextAsync(StatusCodes.Status400BadRequest, problem);
                    return;
                }
            }
        }

        byte[] compressed = answer.Compress(out int length);
        context.Response.Headers.ContentEncoding = "snappy";
        await context.WriteAsync(StatusCodes.Status200OK, "application/x-protobuf", compressed.AsMemory(0, length));
    }

    private async Task StreamChunksAsync(DataPlaneCall call, ReadRequest request)
    {
        HttpContext context = call.Context;
        context.Response.ContentType = "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse";
        ByteBuffer output = new(FlushAtBytes);
        ReadFrames frames = new(output, _limits.MaxFrameBytes);
        FrameChunkSink sink = new(frames);
        using DatabaseQuerier querier = call.Workspace.Database.NewQuerier(context.RequestAborted);
        for (int index = 0; index < request.Queries.Count; index++)
        {
            ReadQuery query = request.Queries[index];
            frames.QueryIndex = index;
            SelectedSeries series = querier.SelectSorted(query.Matchers, query.StartMs, query.EndMs);
            while (series.MoveNext())
            {
                series.WriteChunks(sink);
                frames.EndFrame();
                if (output.Length >= FlushAtBytes)
                {
                    await context.Response.Body.WriteAsync(output.WrittenMemory, context.RequestAborted);
                    output.Clear();
                }
            }
        }

        await context.Response.Body.WriteAsync(output.WrittenMemory, context.RequestAborted);
    }
}
