namespace AmpEdge.Proxy.Config;

/// <summary>TLS of a listener; keys as Prometheus's web configuration names them.</summary>
internal sealed record ListenerTlsConfig
{
    /// <summary>The certificate and its chain, in PEM; read again when it changes.</summary>
    public required string CertFile { get; init; }

    public required string KeyFile { get; init; }

    /// <summary>The authorities that certificates of callers must come from; empty: none are asked for.</summary>
    public string ClientCaFile { get; init; } = "";

    public ClientAuthType ClientAuth { get; init; }

    /// <summary><c>TLS12</c> or <c>TLS13</c>.</summary>
    public string MinVersion { get; init; } = "TLS12";
}
