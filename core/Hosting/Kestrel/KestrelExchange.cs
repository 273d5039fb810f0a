using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AmpEdge.Hosting;

/// <summary>A request that Kestrel took.</summary>
internal sealed class KestrelExchange(HttpContext context) : HttpExchange
{
    public HttpContext Context { get; } = context;

    public override string Method => Context.Request.Method;

    public override RequestTarget Target { get; } = TargetOf(context);

    public override CancellationToken Aborted => Context.RequestAborted;

    public override int StatusCode => Context.Response.StatusCode;

    public override bool HasStarted => Context.Response.HasStarted;

    public override string Header(string name) => Context.Request.Headers[name].ToString();

    public override void SetHeader(string name, string value) => Context.Response.Headers[name] = value;

    public override Task WriteAsync(int status, string contentType, ReadOnlyMemory<byte> body)
    {
        HttpResponse response = Context.Response;
        response.StatusCode = status;
        response.ContentType = contentType.Length > 0 ? contentType : null;
        response.ContentLength = body.Length;
        return body.IsEmpty || HttpMethods.IsHead(Method)
            ? Task.CompletedTask
            : response.BodyWriter.WriteAsync(body, Context.RequestAborted).AsTask();
    }

    internal override void TakeRouteValues(IReadOnlyList<KeyValuePair<string, string>> values)
    {
        base.TakeRouteValues(values);
        for (int index = 0; index < values.Count; index++)
        {
            (string name, string value) = values[index];
            Context.Request.RouteValues[name] = value;
        }
    }

    public override void Clear() => Context.Response.Clear();

    public override void Abort() => Context.Abort();

    private static RequestTarget TargetOf(HttpContext context)
    {
        string? raw = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        return string.IsNullOrEmpty(raw)
            ? new RequestTarget(context.Request.Path.ToUriComponent(), context.Request.QueryString.Value ?? "")
            : RequestTarget.Parse(raw);
    }
}
