namespace AmpEdge.Proxy.Config;

/// <summary>The server that a route's requests are meant for.</summary>
internal sealed record UpstreamConfig
{
    /// <summary>With a port if it is not the scheme's own; null: where each request's Host header says.</summary>
    public string? Host { get; init; }

    /// <summary><c>https</c> or <c>http</c>.</summary>
    public string Scheme { get; init; } = "https";

    /// <summary>The host that is signed and sent as Host header when it is not the one that is connected to.</summary>
    public string? SignHost { get; init; }

    /// <summary>False: any certificate of the upstream is believed.</summary>
    public bool VerifyTls { get; init; } = true;
}
