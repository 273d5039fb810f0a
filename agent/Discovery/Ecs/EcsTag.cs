namespace AmpEdge.Agent.Discovery;

/// <summary>A tag of a cluster, service or task.</summary>
internal sealed record EcsTag(string? Key, string? Value);
