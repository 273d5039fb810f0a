using Microsoft.AspNetCore.Http;

namespace AmpEdge.Hosting;

/// <summary>Handlers that need Kestrel's whole context (streams, bodies, features), as handlers of a <see cref="RouteTable"/>.</summary>
public static class KestrelHandler
{
    /// <summary>The route table must be that of an <see cref="HttpServer"/>.</summary>
    public static HttpHandler Of(RequestDelegate handler) => Of((context, _) => handler(context));

    /// <summary>The same for a handler that takes path and query as sent.</summary>
    public static HttpHandler Of(Func<HttpContext, RequestTarget, Task> handler) => async exchange =>
    {
        if (exchange is not KestrelExchange kestrel)
        {
            throw new InvalidOperationException($"{exchange.Target.RawPath} can be answered on Kestrel only");
        }

        try
        {
            await handler(kestrel.Context, kestrel.Target);
        }
        catch (BadHttpRequestException refused)
        {
            // Kestrel's own refusals: a body that is too large, too slow or broken.
            throw new RequestRefusedException(refused.StatusCode, refused.Message, refused);
        }
    };

    /// <summary>Maps a handler that takes Kestrel's context.</summary>
    public static RouteTable Map(this RouteTable routes, string methods, string pattern, RequestDelegate handler) =>
        routes.Map(methods, pattern, Of(handler));

    /// <summary>Maps a handler that takes Kestrel's context, and path and query as sent.</summary>
    public static RouteTable Map(
        this RouteTable routes, string methods, string pattern, Func<HttpContext, RequestTarget, Task> handler) =>
        routes.Map(methods, pattern, Of(handler));
}
