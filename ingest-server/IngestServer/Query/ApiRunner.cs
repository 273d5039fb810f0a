using AmpEdge.IngestServer.DataPlane;
using AmpEdge.PromQL;
using AmpEdge.QueryApi;
using Microsoft.Extensions.Logging;

namespace AmpEdge.IngestServer.Query;

/// <summary>Runs API handlers: reads the parameters, and turns whatever goes wrong into Prometheus's error shape.</summary>
internal sealed class ApiRunner(ILogger log)
{
    private const string FormType = "application/x-www-form-urlencoded";

    private readonly ILogger _log = log;

    /// <summary>The data-plane handler that runs an API handler.</summary>
    public DataPlaneHandler Run(ApiHandler handler) => call => RunAsync(call, handler);

    private async Task RunAsync(DataPlaneCall call, ApiHandler handler)
    {
        HttpContext context = call.Context;
        await using ApiResponse response = new(context);
        ApiError? error;
        if (!RequestParameters.TryParse(
                context.Request.QueryString.Value, FormOf(call), out RequestParameters parameters, out string problem))
        {
            error = ApiError.BadData($"error parsing form values: {problem}");
        }
        else
        {
            error = await AnswerAsync(
                new ApiCall(context, call.Workspace, parameters, response, context.RequestAborted), handler);
        }

        if (error is not null)
        {
            await response.SendErrorAsync(error);
        }
    }

    private async Task<ApiError?> AnswerAsync(ApiCall call, ApiHandler handler)
    {
        try
        {
            return await handler(call);
        }
        catch (QueryException failed)
        {
            return ApiError.Of(failed);
        }
        catch (IOException failed) when (!call.Cancel.IsCancellationRequested)
        {
            QueryLog.ReadFailed(_log, failed, call.Workspace.Id);
            return new ApiError(ApiErrorKind.Internal, failed.Message);
        }
    }

    private static ReadOnlySpan<byte> FormOf(DataPlaneCall call)
    {
        string? type = call.Context.Request.ContentType;
        return type is not null && type.StartsWith(FormType, StringComparison.OrdinalIgnoreCase)
            ? call.Body.Span
            : default;
    }
}
