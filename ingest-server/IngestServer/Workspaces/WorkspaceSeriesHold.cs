using AmpEdge.PromQL;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Workspaces;

/// <summary>Series of a store that are decoded after the walk went on.</summary>
internal sealed class WorkspaceSeriesHold(SelectedSeries series, CancellationToken cancel) : ISeriesHold
{
    private readonly SelectedSeries _series = series;
    private readonly HeldSeries _held = series.NewHold();
    private readonly CancellationToken _cancel = cancel;

    public void Clear() => _held.Clear();

    public void Add() => _series.Hold(_held);

    public void Decode(int index, SampleBuffer samples)
    {
        _cancel.ThrowIfCancellationRequested();
        SampleBufferSink sink = new(samples);
        _held.Decode(index, ref sink);
    }
}
