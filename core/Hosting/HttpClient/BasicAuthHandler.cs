using System.Net.Http.Headers;
using System.Text;

namespace AmpEdge.Hosting;

/// <summary>Adds a user name and password to each request.</summary>
internal sealed class BasicAuthHandler(BasicAuthConfig config, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!RequestOrigin.IsForeign(request))
        {
            string user = config.UsernameFile.Length > 0
                ? CredentialFile.Read(config.UsernameFile, "basic auth username")
                : config.Username;
            string password = CredentialFile.SecretOr(config.Password, config.PasswordFile, "basic auth password");
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        }

        return base.SendAsync(request, cancellationToken);
    }
}
