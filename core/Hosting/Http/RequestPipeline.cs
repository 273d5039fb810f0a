using Microsoft.Extensions.Logging;

namespace AmpEdge.Hosting;

/// <summary>What happens to each request: route, run, count; a handler's exception becomes a logged 500.</summary>
internal sealed class RequestPipeline
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

    public async Task RunAsync(HttpExchange exchange)
    {
        long started = _time.GetTimestamp();
        RouteMatch match = _routes.Match(exchange.Method, exchange.Target.RawPath);
        _metrics.InFlight.Increment();
        try
        {
            await AnswerAsync(exchange, match);
        }
        catch (RequestRefusedException refused)
        {
            await RefuseAsync(exchange, refused);
        }
        catch (OperationCanceledException) when (exchange.Aborted.IsCancellationRequested)
        {
            HttpLog.ClientGone(_log, exchange.Method, exchange.Target.RawPath);
        }
        catch (Exception error)
        {
            await FailAsync(exchange, error);
        }
        finally
        {
            _metrics.InFlight.Decrement();
            RouteMetrics route = _metrics.Of(match.Route);
            route.Requests(exchange.StatusCode).Increment();
            route.Duration.ObserveSince(_time, started);
        }
    }

    /// <summary>Counts what a listener refuses before it is a request that could be routed.</summary>
    public void CountRefused(int status) => _metrics.Of(null).Requests(status).Increment();

    private Task AnswerAsync(HttpExchange exchange, in RouteMatch match)
    {
        if (match.Route is { } route)
        {
            exchange.TakeRouteValues(match.Values);
            return route.Handler(exchange);
        }

        if (match.AllowedMethods.Length > 0)
        {
            exchange.SetHeader("Allow", match.AllowedMethods);
            return exchange.WriteTextAsync(
                405, $"{Shown(exchange.Target.RawPath)} does not take {Shown(exchange.Method)} (allowed: {match.AllowedMethods})");
        }

        return _routes.NotFound is { } notFound
            ? notFound(exchange)
            : exchange.WriteTextAsync(404, $"there is no page {Shown(exchange.Target.RawPath)} here");
    }

    private async Task RefuseAsync(HttpExchange exchange, RequestRefusedException refused)
    {
        HttpLog.Refused(_log, refused.StatusCode, refused.Message);
        if (exchange.HasStarted)
        {
            exchange.Abort();
            return;
        }

        exchange.Clear();
        await exchange.WriteTextAsync(refused.StatusCode, refused.Message);
    }

    private async Task FailAsync(HttpExchange exchange, Exception error)
    {
        HttpLog.HandlerFailed(_log, error, exchange.Method, Shown(exchange.Target.RawPath));
        if (exchange.HasStarted)
        {
            // Part of an answer went out; only a broken connection tells the client that the rest is missing.
            exchange.Abort();
            return;
        }

        exchange.Clear();
        await exchange.WriteTextAsync(500, "internal server error: see the log");
    }

    private static string Shown(string fromOutside) => fromOutside.Length <= 200 ? fromOutside : fromOutside[..200] + "…";
}
