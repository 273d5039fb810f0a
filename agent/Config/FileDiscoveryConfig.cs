namespace AmpEdge.Agent.Config;

/// <summary>Targets from files, each path with at most one <c>*</c> in its last part.</summary>
internal sealed record FileDiscoveryConfig(IReadOnlyList<string> Files, TimeSpan RefreshInterval);
