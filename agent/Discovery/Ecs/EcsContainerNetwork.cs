using System.Text.Json.Serialization;

namespace AmpEdge.Agent.Discovery;

/// <summary>A network of a container; in host mode it has no addresses of its own.</summary>
internal sealed record EcsContainerNetwork
{
    public string? NetworkMode { get; init; }

    [JsonPropertyName("IPv4Addresses")]
    public List<string>? Ipv4Addresses { get; init; }

    [JsonPropertyName("IPv6Addresses")]
    public List<string>? Ipv6Addresses { get; init; }
}
