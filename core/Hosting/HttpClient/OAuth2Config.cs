namespace AmpEdge.Hosting;

/// <summary>
/// A token by the client credentials grant of OAuth 2.0 (RFC 6749, 4.4) or for an assertion signed by ourselves
/// (RFC 7523, 2.1), renewed before it expires.
/// </summary>
public sealed record OAuth2Config
{
    public const string ClientCredentials = "client_credentials";
    public const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    public const string DefaultAlgorithm = "RS256";

    /// <summary>Who asks for the token.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>Proves it to the token server.</summary>
    public Secret? ClientSecret { get; init; }

    /// <summary>A file with the secret, read for each token.</summary>
    public string ClientSecretFile { get; init; } = "";

    /// <summary><see cref="ClientCredentials"/>, which empty means too, or <see cref="JwtBearer"/>.</summary>
    public string GrantType { get; init; } = "";

    /// <summary>Named in the assertion's header, so that the server knows which key to check it with.</summary>
    public string ClientCertificateKeyId { get; init; } = "";

    /// <summary>The RSA key, in PEM, that signs the assertion.</summary>
    public Secret? ClientCertificateKey { get; init; }

    /// <summary>A file with that key, read for each token.</summary>
    public string ClientCertificateKeyFile { get; init; } = "";

    /// <summary><c>RS256</c>, <c>RS384</c> or <c>RS512</c>; empty for the first.</summary>
    public string SignatureAlgorithm { get; init; } = "";

    /// <summary>Who the assertion is from; empty for the client id.</summary>
    public string Iss { get; init; } = "";

    /// <summary>Who the assertion is for; empty for the token URL.</summary>
    public string Audience { get; init; } = "";

    /// <summary>A JSON object with further claims of the assertion; empty for none.</summary>
    public string Claims { get; init; } = "";

    /// <summary>What the token is to be good for.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Where tokens come from.</summary>
    public string TokenUrl { get; init; } = "";

    /// <summary>Sent with each token request beside the fields of the grant.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> EndpointParams { get; init; } = [];

    /// <summary>Certificates and names of the token server; see below.</summary>
    public TlsConfig Tls { get; init; } = new();

    /// <summary>The way to the token server; see below.</summary>
    public ProxyConfig Proxy { get; init; } = new();
}
