using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Forwarding;

namespace AmpEdge.Proxy.FanOut;

/// <summary>Makes virtual workspaces out of their configuration and members that are ready; all share engine, memory and metrics.</summary>
internal sealed class VirtualWorkspaceBuilder : IDisposable
{
    private readonly BodyBudget _budget;
    private readonly FanOutMetrics _metrics;
    private readonly FanOutEngine _engine;
    private readonly LoopGuard _loops;
    private readonly TimeProvider _time;

    /// <param name="maxBufferedBytes">What the answers of members may hold at once.</param>
    /// <param name="metrics">Counts requests to members.</param>
    /// <param name="loops">Marks what members are asked.</param>
    /// <param name="time">The clock of queries without a time, and of time-outs.</param>
    public VirtualWorkspaceBuilder(long maxBufferedBytes, MetricRegistry metrics, LoopGuard loops, TimeProvider time)
    {
        _budget = new BodyBudget(maxBufferedBytes);
        _metrics = new FanOutMetrics(metrics, _budget);
        _engine = new FanOutEngine(time);
        _loops = loops;
        _time = time;
    }

    public VirtualWorkspace Build(VirtualWorkspaceConfig config, IReadOnlyList<IMember> members) => new(
        config.Name,
        new WorkspaceLabel(config.Label),
        members,
        new MemberCalls(_budget, config.MaxAnswerBytes, config.Timeout, _metrics, _time),
        _engine,
        _metrics,
        _loops,
        _time);

    public void Dispose() => _engine.Dispose();
}
