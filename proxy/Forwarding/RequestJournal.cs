using AmpEdge.Proxy.AccessLog;
using Microsoft.AspNetCore.Http;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>What is written down of each request when it ends: metrics by route, and the access log.</summary>
internal sealed class RequestJournal(RouteTraffic traffic, AccessLogger accessLog, TimeProvider time)
{
    private readonly AccessLogger _accessLog = accessLog;
    private readonly TimeProvider _time = time;

    public long Now => _time.GetTimestamp();

    /// <summary>A request has found its route, or that there is none.</summary>
    public void Begin(ForwardRequest request) => traffic.Begin(request.RouteName);

    /// <summary>It has ended, one way or the other.</summary>
    /// <param name="request">Which.</param>
    /// <param name="startedAt">What <see cref="Now"/> was when it came.</param>
    public void End(ForwardRequest request, long startedAt)
    {
        TimeSpan took = _time.GetElapsedTime(startedAt);
        HttpContext context = request.Context;
        int status = context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted
            ? AccessLogger.CallerGone
            : context.Response.StatusCode;

        // What the proxy says itself has its length declared; of what is streamed the bytes were counted.
        request.BytesOut = request.BytesOut > 0 ? request.BytesOut : context.Response.ContentLength ?? 0;
        _accessLog.Write(request, status, took);
        traffic.End(request.RouteName, status, took, request.BytesIn, request.BytesOut);
    }
}
