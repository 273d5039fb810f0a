using System.Net;
using System.Net.Http.Headers;

namespace AmpEdge.Hosting;

/// <summary>Follows redirects, at most ten. What leaves the origin is marked, so that credentials stay behind.</summary>
internal sealed class RedirectHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int MaxRedirects = 10;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Uri origin = request.RequestUri ?? throw new InvalidOperationException("the request has no URI");
        // Taken before the inner handlers add theirs, which must not be carried to another origin.
        KeyValuePair<string, HeaderStringValues>[] headers = [.. request.Headers.NonValidated];
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        for (int followed = 0; Target(request, response) is { } target; followed++)
        {
            if (followed == MaxRedirects)
            {
                response.Dispose();
                throw new HttpRequestException($"stopped after {MaxRedirects} redirects, the last one to {target}");
            }

            HttpRequestMessage next = Follow(request, headers, target, response.StatusCode);
            if (!RequestOrigin.AreSame(origin, target))
            {
                RequestOrigin.MarkForeign(next);
                next.Headers.Remove("Authorization");
            }

            response.Dispose();
            request = next;
            response = await base.SendAsync(request, cancellationToken);
        }

        return response;
    }

    /// <summary>Where to go; null when the response is not a redirect that can be followed.</summary>
    private static Uri? Target(HttpRequestMessage request, HttpResponseMessage response)
    {
        bool redirect = response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
            or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
        if (!redirect || response.Headers.Location is not { } location || request.RequestUri is null)
        {
            return null;
        }

        Uri target = location.IsAbsoluteUri ? location : new Uri(request.RequestUri, location);
        return target.Scheme is "http" or "https" ? target : null;
    }

    private static HttpRequestMessage Follow(
        HttpRequestMessage request, KeyValuePair<string, HeaderStringValues>[] headers, Uri target, HttpStatusCode status)
    {
        bool keepsMethod = status is HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
            || request.Method == HttpMethod.Get || request.Method == HttpMethod.Head;
        HttpRequestMessage next = new(keepsMethod ? request.Method : HttpMethod.Get, target)
        {
            Content = keepsMethod ? request.Content : null,
        };
        foreach ((string name, HeaderStringValues values) in headers)
        {
            if (!name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                next.Headers.TryAddWithoutValidation(name, values);
            }
        }

        foreach (KeyValuePair<string, object?> option in request.Options)
        {
            next.Options.TryAdd(option.Key, option.Value);
        }

        return next;
    }
}
