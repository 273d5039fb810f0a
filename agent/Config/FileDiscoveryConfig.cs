namespace AmpEdge.Agent.Config;

/// <summary>Targets from files.</summary>
/// <param name="Files">JSON or YAML files; a path may have one <c>*</c>, in its last part.</param>
/// <param name="RefreshInterval">How often they are read again even when nothing tells of a change; 5m unless given.</param>
internal sealed record FileDiscoveryConfig(IReadOnlyList<string> Files, TimeSpan RefreshInterval);
