namespace AmpEdge.Agent.Discovery;

/// <summary>How a discoverer fares, for pages.</summary>
/// <param name="Mechanism">Such as <c>dns</c>.</param>
/// <param name="LastLook">When it last began to look; null before the first time.</param>
/// <param name="LastDuration">How long that took.</param>
/// <param name="Problem">Why the last look failed, wholly or in part; null when it did not.</param>
internal sealed record DiscovererStatus(string Mechanism, DateTimeOffset? LastLook, TimeSpan LastDuration, string? Problem);
