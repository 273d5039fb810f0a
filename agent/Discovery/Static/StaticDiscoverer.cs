namespace AmpEdge.Agent.Discovery;

/// <summary>The targets of <c>static_configs</c>: reported once, and that is that.</summary>
internal sealed class StaticDiscoverer(IReadOnlyList<TargetGroup> groups) : IDiscoverer
{
    public Task RunAsync(Action<IReadOnlyList<TargetGroup>> report, CancellationToken stop)
    {
        report(groups);
        return Task.CompletedTask;
    }
}
