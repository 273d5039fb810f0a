namespace AmpEdge.Hosting;

/// <summary>Adds an <c>Authorization</c> header of a configured type to each request.</summary>
internal sealed class AuthorizationHandler(AuthorizationConfig config, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!RequestOrigin.IsForeign(request))
        {
            string credentials = CredentialFile.SecretOr(config.Credentials, config.CredentialsFile, "authorization credentials");
            // Not parsed: the type and what follows it are the operator's business.
            request.Headers.Remove("Authorization");
            request.Headers.TryAddWithoutValidation("Authorization", $"{config.Type} {credentials}");
        }

        return base.SendAsync(request, cancellationToken);
    }
}
