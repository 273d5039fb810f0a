using Microsoft.AspNetCore.Http;

namespace AmpEdge.Hosting;

/// <summary>What handlers on Kestrel ask of a request, and the plain answers that they give.</summary>
public static class HttpContextExtensions
{
    /// <summary>The decoded value of <c>{name}</c> in the route's pattern; asking for another name is an error.</summary>
    public static string RouteValue(this HttpContext context, string name) =>
        context.Request.RouteValues.TryGetValue(name, out object? value) && value is string text
            ? text
            : throw new InvalidOperationException($"the route of {context.Request.Path} has no value '{name}'");

    /// <summary>Path and query as sent, for signatures and for forwarding.</summary>
    public static RequestTarget RawTarget(this HttpContext context) => new KestrelExchange(context).Target;

    /// <summary>Answers with a status and a line of plain text.</summary>
    public static Task WriteTextAsync(this HttpContext context, int status, string text) =>
        new KestrelExchange(context).WriteTextAsync(status, text);

    /// <summary>Answers with a status and a whole body; HEAD gets its length only.</summary>
    public static Task WriteAsync(this HttpContext context, int status, string contentType, string body) =>
        new KestrelExchange(context).WriteAsync(status, contentType, body);

    /// <summary>Answers with a status and a whole body; HEAD gets its length only.</summary>
    public static Task WriteAsync(this HttpContext context, int status, string contentType, ReadOnlyMemory<byte> body) =>
        new KestrelExchange(context).WriteAsync(status, contentType, body);
}
