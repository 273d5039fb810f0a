using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AmpEdge.Hosting;

/// <summary>
/// Path and query of a request exactly as they came over the wire: nothing decoded, no dots resolved. SigV4 signs
/// these bytes, and routes are matched on them, so that <c>%2F</c> stays inside its segment.
/// </summary>
public readonly record struct RequestTarget(string RawPath, string RawQuery)
{
    /// <summary>Takes the target of a request; an absolute form (<c>GET http://host/path</c>) loses its origin.</summary>
    public static RequestTarget Of(HttpContext context)
    {
        string? raw = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        return string.IsNullOrEmpty(raw)
            ? new RequestTarget(context.Request.Path.ToUriComponent(), context.Request.QueryString.Value ?? "")
            : Parse(raw);
    }

    /// <summary>Splits a raw target; <see cref="RawQuery"/> keeps its question mark and is empty without one.</summary>
    public static RequestTarget Parse(string rawTarget)
    {
        string target = rawTarget;
        if (target.Length > 0 && target[0] != '/')
        {
            int scheme = target.IndexOf("://", StringComparison.Ordinal);
            if (scheme >= 0)
            {
                int end = target.AsSpan(scheme + 3).IndexOfAny('/', '?');
                target = end < 0 ? "/" : target[(scheme + 3 + end)..];
            }
        }

        int question = target.IndexOf('?', StringComparison.Ordinal);
        string path = question < 0 ? target : target[..question];
        return new RequestTarget(path.Length == 0 ? "/" : path, question < 0 ? "" : target[question..]);
    }
}
