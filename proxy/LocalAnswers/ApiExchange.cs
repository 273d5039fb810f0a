using AmpEdge.Proxy.Forwarding;
using AmpEdge.PromQL;
using AmpEdge.QueryApi;
using Microsoft.AspNetCore.Http;

namespace AmpEdge.Proxy.LocalAnswers;

/// <summary>Answers calls of Prometheus's API: reads their parameters, and gives errors Prometheus's shape.</summary>
internal static class ApiExchange
{
    private const string Root = "/api/v1/";
    private const string FormType = "application/x-www-form-urlencoded";

    /// <summary>What follows <c>/api/v1/</c>, whatever stands before it; null for other paths.</summary>
    public static string? CallOf(string path)
    {
        int at = path.IndexOf(Root, StringComparison.Ordinal);
        return at < 0 ? null : path[(at + Root.Length)..];
    }

    /// <summary>As the caller sent it, with what the route's guard adds.</summary>
    private static string QueryOf(ForwardRequest request)
    {
        string query = request.Target.RawQuery;
        return request.AddedQuery.Length == 0 ? query : query.Length > 1 ? $"{query}&{request.AddedQuery}" : request.AddedQuery;
    }

    /// <summary>Runs a handler and sends its error, if it has one.</summary>
    public static async Task RunAsync(
        ForwardRequest request, PooledBody body, Func<RequestParameters, ApiResponse, Task<ApiError?>> handler)
    {
        HttpContext context = request.Context;
        await using ApiResponse response = new(context);
        ApiError? error;
        try
        {
            string? type = context.Request.ContentType;
            bool hasForm = type is not null && type.StartsWith(FormType, StringComparison.OrdinalIgnoreCase);
            error = RequestParameters.TryParse(
                QueryOf(request), hasForm ? body.Content : default, out RequestParameters parameters, out string problem)
                ? await handler(parameters, response)
                : ApiError.BadData($"error parsing form values: {problem}");
        }
        catch (QueryException failed)
        {
            error = ApiError.Of(failed);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to be answered.
            return;
        }

        if (error is not null)
        {
            await response.SendErrorAsync(error);
        }
    }
}
