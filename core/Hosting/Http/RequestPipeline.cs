using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Hosting;

/// <summary>What happens to each request: route, run, count; a handler's exception becomes a logged 500.</summary>
internal sealed class RequestPipeline : IHttpApplication<HttpContext>
{
    private readonly RouteTable _routes;
    private readonly HttpMetrics _metrics;
    private readonly ILogger _log;
    private readonly TimeProvider _time;

    public RequestPipeline(RouteTable routes, HttpMetrics metrics, ILogger log, TimeProvider time)
    {
        _routes = routes;
        _metrics = metrics;
        _log = log;
        _time = time;
    }

    /// <summary>Kestrel lets a connection keep its context from one request to the next; so do we.</summary>
    public HttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        if (contextFeatures is not IHostContextContainer<HttpContext> kept)
        {
            return new DefaultHttpContext(contextFeatures);
        }

        if (kept.HostContext is DefaultHttpContext known)
        {
            known.Initialize(contextFeatures);
            return known;
        }

        DefaultHttpContext made = new(contextFeatures);
        kept.HostContext = made;
        return made;
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        long started = _time.GetTimestamp();
        RequestTarget target = RequestTarget.Of(context);
        RouteMatch match = _routes.Match(context.Request.Method, target.RawPath);
        _metrics.InFlight.Increment();
        try
        {
            await RunAsync(context, target, match);
        }
        catch (BadHttpRequestException refused)
        {
            await RefuseAsync(context, refused);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            HttpLog.ClientGone(_log, context.Request.Method, target.RawPath);
        }
        catch (Exception error)
        {
            await FailAsync(context, target, error);
        }
        finally
        {
            _metrics.InFlight.Decrement();
            RouteMetrics route = _metrics.Of(match.Route);
            route.Requests(context.Response.StatusCode).Increment();
            route.Duration.ObserveSince(_time, started);
        }
    }

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        if (context is DefaultHttpContext made)
        {
            made.Uninitialize();
        }
    }

    private Task RunAsync(HttpContext context, RequestTarget target, in RouteMatch match)
    {
        if (match.Route is { } route)
        {
            foreach ((string name, string value) in match.Values)
            {
                context.Request.RouteValues[name] = value;
            }

            return route.Handler(context);
        }

        if (match.AllowedMethods.Length > 0)
        {
            context.Response.Headers.Allow = match.AllowedMethods;
            return context.WriteTextAsync(
                StatusCodes.Status405MethodNotAllowed,
                $"{Shown(target.RawPath)} does not take {Shown(context.Request.Method)} (allowed: {match.AllowedMethods})");
        }

        return _routes.NotFound is { } notFound
            ? notFound(context)
            : context.WriteTextAsync(StatusCodes.Status404NotFound, $"there is no page {Shown(target.RawPath)} here");
    }

    /// <summary>Kestrel's own refusals: a body that is too large, too slow or broken.</summary>
    private async Task RefuseAsync(HttpContext context, BadHttpRequestException refused)
    {
        HttpLog.Refused(_log, refused.StatusCode, refused.Message);
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Clear();
        await context.WriteTextAsync(refused.StatusCode, refused.Message);
    }

    private async Task FailAsync(HttpContext context, RequestTarget target, Exception error)
    {
        HttpLog.HandlerFailed(_log, error, context.Request.Method, Shown(target.RawPath));
        if (context.Response.HasStarted)
        {
            // Part of an answer went out; only a broken connection tells the client that the rest is missing.
            context.Abort();
            return;
        }

        context.Response.Clear();
        await context.WriteTextAsync(StatusCodes.Status500InternalServerError, "internal server error: see the log");
    }

    private static string Shown(string fromOutside) => fromOutside.Length <= 200 ? fromOutside : fromOutside[..200] + "…";
}
