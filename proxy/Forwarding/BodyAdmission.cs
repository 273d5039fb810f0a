using AmpEdge.Proxy.Routing;
using Microsoft.AspNetCore.Http;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>The steps that need a request's body: 1. the cost of a query, 2. the samples of a write.</summary>
internal static class BodyAdmission
{
    private const string Form = "application/x-www-form-urlencoded";

    /// <summary>Null when the request may go on.</summary>
    public static Refusal? Admit(ForwardRequest request, PooledBody body) =>
        CheckQuery(request, body) ?? TakeSamples(request, body);

    private static Refusal? CheckQuery(ForwardRequest request, PooledBody body)
    {
        if (!request.Route.Guard.Guards(request.DecodedPath))
        {
            return null;
        }

        HttpRequest http = request.Context.Request;
        bool isForm = HttpMethods.IsPost(http.Method)
            && http.ContentType?.StartsWith(Form, StringComparison.OrdinalIgnoreCase) == true;
        if (!isForm && body.Length > 0)
        {
            return new Refusal(
                RefusalReason.QueryTooLarge, StatusCodes.Status422UnprocessableEntity,
                $"this proxy looks into queries (query_guard): send their parameters in the URL or by POST as {Form}");
        }

        string? problem = request.Route.Guard.Check(
            request.DecodedPath, request.Target.RawQuery, isForm ? body.Content : default, out string added);
        request.AddedQuery = added;
        return problem is null
            ? null
            : new Refusal(RefusalReason.QueryTooLarge, StatusCodes.Status422UnprocessableEntity, problem);
    }

    private static Refusal? TakeSamples(ForwardRequest request, PooledBody body)
    {
        ProxyRoute route = request.Route;
        if (!route.Limits.CountsSamples || !ApiPaths.IsSampleWrite(request.Context.Request.Method, request.DecodedPath))
        {
            return null;
        }

        int samples = SampleCounter.Count(request.Context.Request, body.Content);
        TimeSpan wait = route.Limits.TakeSamples(samples);
        return wait == TimeSpan.Zero
            ? null
            : new Refusal(
                RefusalReason.SampleRate, StatusCodes.Status429TooManyRequests,
                $"route {route.Name} takes {route.Config.Limits.SamplesPerSecond} samples a second "
                + $"(limits.samples_per_second) and this request holds {samples}; come again later",
                Refusal.SecondsOf(wait));
    }
}
