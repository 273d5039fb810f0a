using System.Buffers;
using System.Globalization;
using AmpEdge.Hosting;
using AmpEdge.IngestServer.Config;
using AmpEdge.IngestServer.DataPlane;
using AmpEdge.IngestServer.Query;
using AmpEdge.IngestServer.Workspaces;
using AmpEdge.Prometheus;
using AmpEdge.QueryApi;
using AmpEdge.Tsdb;
using Microsoft.Extensions.Logging;

namespace AmpEdge.IngestServer.Ingest;

/// <summary>
/// <c>remote_write</c>: takes a message, stores what is good in it, and answers once that is in the operating system's
/// hands. A request whose samples were refused in part is answered with 400 (429 for the limit of series) and the first
/// refusal; its good samples stay. What a retry could cure is never answered with 400, because senders drop what gets one.
/// </summary>
internal sealed class WriteEndpoint(int successStatus, bool takesAll, TimeProvider time, ILogger log)
{
    private readonly int _successStatus = successStatus;

    /// <summary>False to refuse what AMP refuses.</summary>
    private readonly bool _takesAll = takesAll;
    private readonly TimeProvider _time = time;
    private readonly ILogger _log = log;

    public Task AnswerAsync(DataPlaneCall call)
    {
        HttpRequest request = call.Context.Request;
        IngestLimits limits = call.Workspace.Config.Limits;
        limits = _takesAll ? limits : limits with { NativeHistograms = false };
        if (WriteForm.Refuse(request.ContentType, request.Headers.ContentEncoding, out WriteProtocol protocol) is { } unsupported)
        {
            return call.Context.WriteTextAsync(StatusCodes.Status415UnsupportedMediaType, unsupported);
        }

        if (protocol == WriteProtocol.V2 && !_takesAll)
        {
            return call.Context.WriteTextAsync(StatusCodes.Status415UnsupportedMediaType, WriteForm.OnlyVersion1);
        }

        if (protocol == WriteProtocol.V2)
        {
            // Whatever the answer will be, it says what was stored; until something is, that is nothing.
            TellWritten(call.Context, new WriteTally());
        }

        if (call.Body.Length > limits.MaxRequestBytes)
        {
            return AmpErrorAnswer.SendAsync(call.Context, Auth.AmpError.TooLarge(limits.MaxRequestBytes));
        }

        if (!Snappy.TryGetDecodedLength(call.Body.Span, out int decodedLength))
        {
            return Refuse(call, "snappy: corrupt input");
        }

        if (decodedLength > limits.MaxDecodedBytes)
        {
            return Refuse(call, $"snappy: decoded length {decodedLength} exceeds limit {limits.MaxDecodedBytes}");
        }

        return Answer(call, limits, protocol, decodedLength);
    }

    private Task Answer(DataPlaneCall call, IngestLimits limits, WriteProtocol protocol, int decodedLength)
    {
        byte[] decoded = ArrayPool<byte>.Shared.Rent(decodedLength);
        try
        {
            return Snappy.TryDecode(call.Body.Span, decoded, out int length)
                ? Store(call, limits, protocol, decoded.AsSpan(0, length))
                : Refuse(call, "snappy: corrupt input");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(decoded);
        }
    }

    private Task Store(DataPlaneCall call, IngestLimits limits, WriteProtocol protocol, ReadOnlySpan<byte> message)
    {
        Workspace workspace = call.Workspace;
        WriteTally tally;
        try
        {
            using Appender appender = workspace.Database.NewAppender();
            BatchWriter writer = new(
                appender, limits, workspace.Tenant, _time.GetUtcNow().ToUnixTimeMilliseconds());
            bool isMessage = protocol == WriteProtocol.V2
                ? new MessageV2().TryWrite(message, writer, out int errorOffset)
                : MessageV1.TryWrite(message, writer, out errorOffset);
            if (!isMessage)
            {
                appender.Rollback();
                string name = protocol == WriteProtocol.V2 ? WriteForm.MessageV2 : "WriteRequest";
                return Refuse(call, $"proto: malformed {name} at byte {errorOffset} of {message.Length}");
            }

            writer.Commit();
            tally = writer.Tally;
        }
        catch (RequestTooLargeException error)
        {
            return Refuse(call, $"user={workspace.Tenant}: {error.Message}", StatusCodes.Status413PayloadTooLarge);
        }
        catch (IOException error)
        {
            IngestLog.StoreFailed(_log, error, workspace.Id);
            return call.Context.WriteTextAsync(
                StatusCodes.Status503ServiceUnavailable, $"user={workspace.Tenant}: not stored: {error.Message}");
        }

        workspace.IngestMetrics.Count(tally);
        if (protocol == WriteProtocol.V2)
        {
            TellWritten(call.Context, tally);
        }

        return tally.FirstRefusal is { } refusal
            ? Refuse(call, refusal, StatusOf(tally.FirstReason))
            : Accept(call.Context);
    }

    private static void TellWritten(HttpContext context, WriteTally tally)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers[WriteHeaders.SamplesWritten] = Text(tally.WrittenSamples);
        headers[WriteHeaders.HistogramsWritten] = Text(tally.WrittenHistograms);
        headers[WriteHeaders.ExemplarsWritten] = Text(tally.WrittenExemplars);
    }

    private static string Text(long count) => count.ToString(CultureInfo.InvariantCulture);

    private static int StatusOf(DiscardReason reason) => reason switch
    {
        DiscardReason.PerUserSeriesLimit => StatusCodes.Status429TooManyRequests,
        DiscardReason.StoreFull => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };

    private Task Accept(HttpContext context)
    {
        context.Response.StatusCode = _successStatus;
        if (_successStatus == StatusCodes.Status200OK)
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = 0;
        }

        return Task.CompletedTask;
    }

    private Task Refuse(DataPlaneCall call, string text, int status = StatusCodes.Status400BadRequest)
    {
        IngestLog.Refused(_log, call.Workspace.Id, call.Caller, TimeParameter.Clip(text));
        return call.Context.WriteTextAsync(status, text);
    }
}
