namespace AmpEdge.Agent.Config;

/// <summary>Targets from DNS records; the port is for all types but SRV, which has its own.</summary>
internal sealed record DnsDiscoveryConfig(IReadOnlyList<string> Names, string Type, int Port, TimeSpan RefreshInterval);
