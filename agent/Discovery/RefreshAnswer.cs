namespace AmpEdge.Agent.Discovery;

/// <summary>What one look at a target source gave.</summary>
/// <param name="Groups">Each replaces the group of the same source; one without targets ends it.</param>
/// <param name="Problem">What could not be found out, though the rest could; null when nothing.</param>
internal sealed record RefreshAnswer(IReadOnlyList<TargetGroup> Groups, string? Problem = null);
