using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Workspaces;

/// <summary>One query's view of a store.</summary>
internal sealed class WorkspaceQuerier(DatabaseQuerier querier, long minTimeMs, long maxTimeMs) : IQuerier
{
    private readonly DatabaseQuerier _querier = querier;
    private readonly long _minTimeMs = minTimeMs;
    private readonly long _maxTimeMs = maxTimeMs;

    /// <summary>Reads only what the selector looks at, which a query's own range may be wider than.</summary>
    public ISeriesSet Select(in SelectHints hints, IReadOnlyList<Matcher> matchers, CancellationToken cancel) =>
        new WorkspaceSeriesSet(
            _querier.Select(matchers, Math.Max(_minTimeMs, hints.StartMs), Math.Min(_maxTimeMs, hints.EndMs)),
            hints.Labels,
            cancel);

    public void Dispose() => _querier.Dispose();
}
