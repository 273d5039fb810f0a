using AmpEdge.Proxy.Credentials;
using AmpEdge.Proxy.Listening;
using AmpEdge.Proxy.Routing;
using AmpEdge.SigV4;
using Microsoft.AspNetCore.Http;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>The steps before a request's body is read: 1. refuse loops and unclear ends, 2. ask who calls, 3. choose the route, 4. ask it
/// about caller, path, access and rate, 5. find upstream and credentials, or who answers in the upstream's place.</summary>
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
                RefusalReason.Loop, LoopDetected, "loop detected: this proxy has forwarded the request before; "
                + "name the server itself as upstream, not something that leads back here");
        }

        if (RequestFraming.Check(headers) is { } unclear)
        {
            return unclear;
        }

        if (CheckCaller(routes.CallersOf(request.Listener), request) is { } unknown)
        {
            return unknown;
        }

        if (routes.Find(request.Listener, request.Context.Request, request.Path) is not { } route)
        {
            return new Refusal(
                RefusalReason.NoRoute, StatusCodes.Status404NotFound,
                $"no route takes {request.Context.Request.Method} {ForwardEndpoint.Shown(request.Path)} "
                + $"(listener {request.Listener}, host {ForwardEndpoint.Shown(headers.Host.ToString())}); "
                + "ask for what a route of the configuration matches (routes, match), or add one");
        }

        request.Route = route;
        request.Handler = routes.LocalAnswers?.Takes(request) == true ? routes.LocalAnswers : route.Virtual;
        return CheckCaller(route.Caller, request)
            ?? CheckRoute(request, route)
            ?? TakeRequest(route)
            ?? (request.Handler is null ? FindUpstream(request, route) : null);
    }

    private static Refusal? CheckCaller(CallerCheck? check, ForwardRequest request)
    {
        if (check is null)
        {
            return null;
        }

        if (check.Check(request.Context) is { } refused)
        {
            return new Refusal(RefusalReason.Caller, refused.Status, refused.Problem);
        }

        request.CallerToken ??= check.TokenName;
        return null;
    }

    /// <summary>What the route says of the path, as it came and as it goes on.</summary>
    private static Refusal? CheckRoute(ForwardRequest request, ProxyRoute route)
    {
        if (route.Access.CheckPath(request.Path) is { } notAllowed)
        {
            return new Refusal(RefusalReason.PathNotAllowed, StatusCodes.Status403Forbidden, notAllowed);
        }

        string rewritten = route.Paths.Rewrite(request.Path);
        request.DecodedPath = rewritten.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(rewritten) : rewritten;
        // What stays goes out as it came: the signer resolves dots, for services that have them resolved.
        request.UpstreamPath = ReferenceEquals(rewritten, request.Path) ? request.Target.RawPath : rewritten;
        return route.Access.CheckAccess(request.Context.Request.Method, request.DecodedPath) is { } denied
            ? new Refusal(RefusalReason.AccessDenied, StatusCodes.Status403Forbidden, denied)
            : null;
    }

    private static Refusal? TakeRequest(ProxyRoute route)
    {
        TimeSpan wait = route.Limits.TakeRequest();
        return wait == TimeSpan.Zero
            ? null
            : new Refusal(
                RefusalReason.RequestRate, StatusCodes.Status429TooManyRequests,
                $"route {route.Name} takes {route.Config.Limits.RequestsPerSecond} requests a second "
                + "(limits.requests_per_second); come again later",
                Refusal.SecondsOf(wait));
    }

    private static Refusal? FindUpstream(ForwardRequest request, ProxyRoute route)
    {
        IHeaderDictionary headers = request.Context.Request.Headers;
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
