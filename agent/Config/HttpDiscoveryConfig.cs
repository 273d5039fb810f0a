using AmpEdge.Hosting;

namespace AmpEdge.Agent.Config;

/// <summary>Targets from a URL that answers with a list of target groups.</summary>
internal sealed record HttpDiscoveryConfig(Uri Url, TimeSpan RefreshInterval, HttpClientConfig HttpClient);
