namespace AmpEdge.Hosting;

/// <summary>Makes the handler that does what an <see cref="HttpClientConfig"/> says.</summary>
/// <remarks>
/// From outside in: redirects, added headers, authentication, an optional signer, the transport (TLS, proxy). Each hop
/// of a redirect passes the inner ones anew; one that leaves the origin is sent without credentials and added headers.
/// </remarks>
public static class HttpHandlerBuilder
{
    /// <param name="config">What to do.</param>
    /// <param name="time">The clock of token expiry.</param>
    /// <param name="limits">Bounds of connections.</param>
    /// <param name="signer">Put next to the transport, so that it signs what is really sent; null for none.</param>
    public static HttpMessageHandler Build(
        HttpClientConfig config, TimeProvider time, HttpTransportLimits? limits = null, DelegatingHandler? signer = null)
    {
        HttpMessageHandler handler = new HttpTransport(config.Tls, config.Proxy, config.EnableHttp2, limits ?? new());
        if (signer is not null)
        {
            signer.InnerHandler = handler;
            handler = signer;
        }

        if (config.OAuth2 is { } oauth2)
        {
            handler = new OAuth2Handler(new OAuth2TokenSource(oauth2, time), handler);
        }
        else if (config.BasicAuth is { } basic)
        {
            handler = new BasicAuthHandler(basic, handler);
        }
        else if (config.Authorization is { } authorization)
        {
            handler = new AuthorizationHandler(authorization, handler);
        }

        if (config.HttpHeaders.Count > 0)
        {
            handler = new AddedHeadersHandler(config.HttpHeaders, handler);
        }

        return config.FollowRedirects ? new RedirectHandler(handler) : handler;
    }
}
