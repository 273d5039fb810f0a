using System.Text;
using Microsoft.AspNetCore.Http;

namespace AmpEdge.Hosting;

/// <summary>What handlers ask of a request, and the plain answers that they give.</summary>
public static class HttpContextExtensions
{
    /// <summary>The decoded value of <c>{name}</c> in the route's pattern; asking for another name is an error.</summary>
    public static string RouteValue(this HttpContext context, string name) =>
        context.Request.RouteValues.TryGetValue(name, out object? value) && value is string text
            ? text
            : throw new InvalidOperationException($"the route of {context.Request.Path} has no value '{name}'");

    /// <summary>Path and query as sent, for signatures and for forwarding.</summary>
    public static RequestTarget RawTarget(this HttpContext context) => RequestTarget.Of(context);

    /// <summary>Answers with a status and a line of plain text.</summary>
    public static Task WriteTextAsync(this HttpContext context, int status, string text) =>
        context.WriteAsync(status, "text/plain; charset=utf-8", text.EndsWith('\n') ? text : text + "\n");

    /// <summary>Answers with a status and a whole body; HEAD gets its length only.</summary>
    public static Task WriteAsync(this HttpContext context, int status, string contentType, string body) =>
        context.WriteAsync(status, contentType, Encoding.UTF8.GetBytes(body));

    /// <summary>Answers with a status and a whole body; HEAD gets its length only.</summary>
    public static Task WriteAsync(this HttpContext context, int status, string contentType, ReadOnlyMemory<byte> body)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : response.BodyWriter.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
