namespace AmpEdge.Agent.Discovery;

/// <summary>A mechanism that finds targets: static lists, files, later services of the network.</summary>
internal interface IDiscoverer
{
    /// <summary>
    /// Reports groups until <paramref name="stop"/>. Each report replaces the groups of the same source; a group
    /// without targets ends its source. <paramref name="report"/> is thread-safe and quick.
    /// </summary>
    Task RunAsync(Action<IReadOnlyList<TargetGroup>> report, CancellationToken stop);
}
