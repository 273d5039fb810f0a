using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Buffer;

/// <summary>
/// Collects what one scrape yields and commits it by one write. Taken from <see cref="AgentBuffer.RentAppender"/>, disposed to
/// give it back; what was not committed is forgotten. Not thread-safe.
/// </summary>
internal sealed class BufferAppender : IDisposable
{
    private readonly AgentBuffer _buffer;
    private readonly SampleList _samples = new();
    private readonly SampleList _histograms = new(SampleKind.Histogram);
    private readonly SampleList _exemplars = new(SampleKind.Exemplar);

    /// <summary>The three, in the order in which they are written.</summary>
    private readonly SampleList[] _lists;

    internal BufferAppender(AgentBuffer buffer)
    {
        _buffer = buffer;
        _lists = [_samples, _histograms, _exemplars];
    }

    /// <summary>How many samples and histograms wait for <see cref="Commit"/>.</summary>
    public int Count => _samples.Count + _histograms.Count;

    /// <summary>Adds a sample. The caller refers to the series until the commit is done.</summary>
    public void Append(SeriesRef series, long timestampMs, double value) => _samples.Add(series, timestampMs, value);

    /// <summary>Adds a native histogram: the bytes of a <see cref="HistogramMessage"/> that has the same time.</summary>
    public void AppendHistogram(SeriesRef series, long timestampMs, ReadOnlySpan<byte> message) =>
        _histograms.Add(series, timestampMs, 0, message);

    /// <summary>Adds an exemplar of a series; its own labels come as a blob.</summary>
    public void AppendExemplar(SeriesRef series, long timestampMs, double value, ReadOnlySpan<byte> labelBlob) =>
        _exemplars.Add(series, timestampMs, value, labelBlob);

    /// <summary>Writes what was added to the buffer and hands it to the destinations that are up to date.</summary>
    public CommitOutcome Commit()
    {
        _buffer.Orders.Apply(_samples);
        CommitOutcome outcome = Count + _exemplars.Count == 0 ? CommitOutcome.Written : _buffer.Commit(_lists);
        Rollback();
        return outcome;
    }

    /// <summary>Forgets what was not committed.</summary>
    public void Rollback()
    {
        foreach (SampleList list in _lists)
        {
            list.Clear();
        }
    }

    public void Dispose()
    {
        Rollback();
        _buffer.Return(this);
    }
}
