using AmpEdge.SigV4;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>Where a request goes and for what it is signed.</summary>
/// <param name="Origin">Scheme and authority, without a final slash.</param>
/// <param name="HostHeader">What is sent and signed as Host; null: the authority itself.</param>
/// <param name="Signer">For the region and service of that host.</param>
/// <param name="Clock">What its signatures are dated by.</param>
internal sealed record Upstream(string Origin, string? HostHeader, HttpRequestSigner Signer, SigningClock Clock);
