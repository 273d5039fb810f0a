namespace AmpEdge.Hosting;

/// <summary>A token by the client credentials grant of OAuth 2.0 (RFC 6749, 4.4), renewed before it expires.</summary>
public sealed record OAuth2Config
{
    public string ClientId { get; init; } = "";

    public Secret? ClientSecret { get; init; }

    public string ClientSecretFile { get; init; } = "";

    public IReadOnlyList<string> Scopes { get; init; } = [];

    public string TokenUrl { get; init; } = "";

    /// <summary>Sent with each token request beside the fields of the grant.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> EndpointParams { get; init; } = [];

    public TlsConfig Tls { get; init; } = new();

    public ProxyConfig Proxy { get; init; } = new();
}
