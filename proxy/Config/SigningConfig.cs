using AmpEdge.SigV4;

namespace AmpEdge.Proxy.Config;

/// <summary>What a route's requests are signed for, and with what.</summary>
internal sealed record SigningConfig
{
    /// <summary>Of the sessions of assumed roles, when nobody names another.</summary>
    public const string DefaultSessionName = "ampedge-proxy";

    /// <summary>The service to sign for; null: read from the host, else <c>aps</c>.</summary>
    public string? Service { get; init; }

    /// <summary>The region to sign for; null: read from the host, else from environment, profile or instance.</summary>
    public string? Region { get; init; }

    /// <summary>Signs <c>UNSIGNED-PAYLOAD</c> instead of the body's hash.</summary>
    public bool UnsignedPayload { get; init; }

    /// <summary>Routes with equal settings share what is found.</summary>
    public CredentialSettings Credentials { get; init; } = new() { RoleSessionName = DefaultSessionName };
}
