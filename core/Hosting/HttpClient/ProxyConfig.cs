namespace AmpEdge.Hosting;

/// <summary>Whether and how a proxy is used; without any of these there is none, whatever the environment says.</summary>
public sealed record ProxyConfig
{
    public string ProxyUrl { get; init; } = "";

    /// <summary>Hosts, domains, IP addresses and CIDR ranges that are reached directly, separated by commas.</summary>
    public string NoProxy { get; init; } = "";

    public bool FromEnvironment { get; init; }
}
