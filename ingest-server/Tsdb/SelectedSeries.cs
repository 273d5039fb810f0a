using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// A forward-only walk over the series that a selection found, each once, in no promised order. Only series with a chunk
/// that overlaps the time range appear. Valid until its querier is disposed; one thread at a time.
/// </summary>
public sealed class SelectedSeries
{
    private readonly HeadSelection _head;

    internal SelectedSeries(HeadSelection head) => _head = head;

    /// <summary>The labels of the current series; made at the first call.</summary>
    public Labels Labels => _head.Labels;

    /// <summary>Goes to the next series; false at the end.</summary>
    /// <exception cref="OperationCanceledException">The view's token was cancelled.</exception>
    public bool MoveNext() => _head.MoveNext();

    /// <summary>Hands over the samples between the times of the selection, both inclusive, rising in time.</summary>
    public void Decode<TSink>(ref TSink sink)
        where TSink : struct, ISampleSink => _head.Decode(ref sink);
}
