namespace AmpEdge.Hosting;

/// <summary>How to talk to an HTTP server, as Prometheus configures it for scraping, remote write and discovery.</summary>
public sealed record HttpClientConfig
{
    /// <summary>A user name with a password; see below.</summary>
    public BasicAuthConfig? BasicAuth { get; init; }

    /// <summary>An <c>Authorization</c> header; see below.</summary>
    public AuthorizationConfig? Authorization { get; init; }

    /// <summary>Tokens from a token server; see below.</summary>
    public OAuth2Config? OAuth2 { get; init; }

    /// <summary>Certificates and names; see below.</summary>
    public TlsConfig Tls { get; init; } = new();

    /// <summary>The way through a proxy; see below.</summary>
    public ProxyConfig Proxy { get; init; } = new();

    /// <summary>Further headers, each with <c>values</c>, <c>secrets</c> and <c>files</c>.</summary>
    public IReadOnlyList<HttpHeaderConfig> HttpHeaders { get; init; } = [];

    /// <summary>False to take a redirect for the answer.</summary>
    public bool FollowRedirects { get; init; } = true;

    /// <summary>False to keep to HTTP/1.1; in <c>remote_write</c> that is the default.</summary>
    public bool EnableHttp2 { get; init; } = true;

    /// <summary>The credentials and certificates that stand in files of their own.</summary>
    public IReadOnlyList<string> Files
    {
        get
        {
            List<string> files =
            [
                BasicAuth?.UsernameFile ?? "", BasicAuth?.PasswordFile ?? "", Authorization?.CredentialsFile ?? "",
                .. Tls.Files,
            ];
            if (OAuth2 is { } oauth2)
            {
                files.AddRange([oauth2.ClientSecretFile, oauth2.ClientCertificateKeyFile, .. oauth2.Tls.Files]);
            }

            foreach (HttpHeaderConfig header in HttpHeaders)
            {
                files.AddRange(header.Files);
            }

            files.RemoveAll(static file => file.Length == 0);
            return files;
        }
    }

    /// <summary>True when a request over http needs nothing but a connection to the server.</summary>
    public bool IsPlain => BasicAuth is null && Authorization is null && OAuth2 is null && Proxy.IsDefault && HttpHeaders.Count == 0;

    /// <summary>True when nothing was configured: what a discovery kind with a client of its own insists on.</summary>
    public bool IsDefault =>
        IsPlain && Tls == new TlsConfig() && FollowRedirects && EnableHttp2;
}
