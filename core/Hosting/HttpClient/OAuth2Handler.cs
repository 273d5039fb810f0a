using System.Net;
using System.Net.Http.Headers;

namespace AmpEdge.Hosting;

/// <summary>Adds the current token to each request; a token that is refused is thrown away.</summary>
internal sealed class OAuth2Handler(OAuth2TokenSource tokens, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (RequestOrigin.IsForeign(request))
        {
            return await base.SendAsync(request, cancellationToken);
        }

        string token = await tokens.GetAsync(cancellationToken);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            tokens.Forget(token);
        }

        return response;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            tokens.Dispose();
        }

        base.Dispose(disposing);
    }
}
