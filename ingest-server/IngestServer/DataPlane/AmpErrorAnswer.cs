using AmpEdge.IngestServer.Auth;
using AmpEdge.IngestServer.Query;
using AmpEdge.QueryApi;

namespace AmpEdge.IngestServer.DataPlane;

/// <summary>Sends an <see cref="AmpError"/>.</summary>
internal static class AmpErrorAnswer
{
    public const string ErrorTypeHeader = "x-amzn-ErrorType";

    public static async Task SendAsync(HttpContext context, AmpError error)
    {
        using JsonBuffer json = new();
        json.Raw("{\"message\":"u8);
        json.String(error.Message);
        if (error.ResourceId is not null)
        {
            json.Raw(",\"resourceId\":"u8);
            json.String(error.ResourceId);
        }

        if (error.ResourceType is not null)
        {
            json.Raw(",\"resourceType\":"u8);
            json.String(error.ResourceType);
        }

        json.Raw((byte)'}');
        context.Response.StatusCode = error.Status;
        context.Response.Headers[ErrorTypeHeader] = error.Name;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        await context.Response.Body.WriteAsync(json.Written, context.RequestAborted);
    }
}
