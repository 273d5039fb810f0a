using AmpEdge.SigV4;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>Where a request goes and for what it is signed.</summary>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Host">Name or address, with the port if it is not the scheme's own.</param>
/// <param name="HostHeader">What is sent and signed as Host; null: the authority itself.</param>
/// <param name="Signer">For the region and service of that host.</param>
/// <param name="Clock">What its signatures are dated by.</param>
internal sealed record Upstream(string Scheme, string Host, string? HostHeader, HttpRequestSigner Signer, SigningClock Clock)
{
    /// <summary>Scheme and host as configured, without a final slash.</summary>
    public string Origin { get; } = $"{Scheme}://{Host}";

    /// <summary>The host as a client sends it: in lower case, without the scheme's own port.</summary>
    public string Authority { get; } =
        Uri.TryCreate($"{Scheme}://{Host}", UriKind.Absolute, out Uri? uri) ? uri.Authority : Host;
}
