using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.DataPlane;

/// <summary>The headers that let pages of other origins call the API, as Prometheus sends them.</summary>
/// <param name="allowedOrigins">The whole origin must match; <c>--web.cors.origin</c>.</param>
internal sealed class CrossOrigin(AnchoredRegex allowedOrigins)
{
    private readonly AnchoredRegex _allowedOrigins = allowedOrigins;

    public void Allow(HttpContext context)
    {
        IHeaderDictionary response = context.Response.Headers;
        response.Vary = "Origin";
        string origin = context.Request.Headers.Origin.ToString();
        if (origin.Length > 0 && _allowedOrigins.IsMatch(origin))
        {
            response.AccessControlAllowOrigin = origin;
            response.AccessControlAllowMethods = "GET, POST, OPTIONS";
            response.AccessControlAllowHeaders = "Accept, Authorization, Content-Type, Origin";
            response.AccessControlExposeHeaders = "Date";
        }
    }

    /// <summary>The answer to a preflight: headers only.</summary>
    public Task AnswerPreflight(HttpContext context)
    {
        Allow(context);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
