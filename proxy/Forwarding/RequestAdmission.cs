using AmpEdge.Proxy.Credentials;
using AmpEdge.Proxy.Routing;
using AmpEdge.SigV4;
using Microsoft.AspNetCore.Http;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>The steps before a request's body is read: 1. refuse loops, 2. choose route and upstream, 3. have credentials.</summary>
internal sealed class RequestAdmission(LoopGuard loops)
{
    private const int LoopDetected = 508;
    private const int RetrySoonSeconds = 5;

    /// <summary>Null when the request may go on, with route, upstream and credentials filled in.</summary>
    public Refusal? Admit(ForwardRequest request, RouteSet routes)
    {
        IHeaderDictionary headers = request.Context.Request.Headers;
        if (loops.IsLoop(headers))
        {
            return new Refusal(
                RefusalReason.Loop, LoopDetected, "loop detected: this proxy has forwarded the request before");
        }

        if (routes.Find(request.Listener, request.Context.Request, request.Path) is not { } route)
        {
            return new Refusal(
                RefusalReason.NoRoute, StatusCodes.Status404NotFound,
                $"no route takes {request.Context.Request.Method} {ForwardEndpoint.Shown(request.Path)} "
                + $"(listener {request.Listener}, host {ForwardEndpoint.Shown(headers.Host.ToString())})");
        }

        request.Route = route;
        if (!route.Upstreams.TryResolve(headers.Host.ToString(), out Upstream? upstream, out string? problem))
        {
            return new Refusal(RefusalReason.UnknownHost, StatusCodes.Status502BadGateway, problem);
        }

        request.Upstream = upstream;
        CredentialAnswer answer = route.Credentials.Ask();
        if (answer.Credentials is not { } credentials)
        {
            return new Refusal(
                RefusalReason.NoCredentials, StatusCodes.Status503ServiceUnavailable, answer.Reason, RetrySoonSeconds);
        }

        request.Credentials = credentials;
        return null;
    }
}
