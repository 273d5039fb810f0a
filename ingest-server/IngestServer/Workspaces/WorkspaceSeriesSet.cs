using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Workspaces;

/// <summary>The selected series of a store, decoded straight into the engine's columns.</summary>
/// <param name="series">The walk.</param>
/// <param name="labels">The names of the labels that are needed; null for all.</param>
/// <param name="cancel">Ends it.</param>
internal sealed class WorkspaceSeriesSet(SelectedSeries series, IReadOnlyList<string>? labels, CancellationToken cancel) : ISeriesSet
{
    private readonly SelectedSeries _series = series;
    private readonly KeptLabels? _kept = labels is null ? null : new KeptLabels(labels);
    private readonly CancellationToken _cancel = cancel;

    public Labels Labels => _kept is null ? _series.Labels : _series.LabelsOf(_kept);

    public bool MoveNext()
    {
        _cancel.ThrowIfCancellationRequested();
        return _series.MoveNext();
    }

    public void Decode(SampleBuffer samples)
    {
        SampleBufferSink sink = new(samples);
        _series.Decode(ref sink);
    }

    public ISeriesHold NewHold() => new WorkspaceSeriesHold(_series, _cancel);

    /// <summary>The view that the series are read from belongs to the querier.</summary>
    public void Dispose()
    {
    }
}
