using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Buffer;

/// <summary>
/// Collects the samples of one scrape and commits them by one write. Taken from <see cref="AgentBuffer.RentAppender"/>,
/// disposed to give it back; what was not committed is forgotten. Not thread-safe.
/// </summary>
internal sealed class BufferAppender : IDisposable
{
    private readonly AgentBuffer _buffer;
    private readonly SampleList _samples = new();

    internal BufferAppender(AgentBuffer buffer)
    {
        _buffer = buffer;
    }

    /// <summary>How many samples wait for <see cref="Commit"/>.</summary>
    public int Count => _samples.Count;

    /// <summary>Adds a sample. The caller refers to the series until the commit is done.</summary>
    public void Append(SeriesRef series, long timestampMs, double value) => _samples.Add(series, timestampMs, value);

    /// <summary>Writes the samples to the buffer and hands them to the destinations that are up to date.</summary>
    public CommitOutcome Commit()
    {
        CommitOutcome outcome = _samples.Count == 0 ? CommitOutcome.Written : _buffer.Commit(_samples.Columns);
        _samples.Clear();
        return outcome;
    }

    /// <summary>Forgets the samples that were not committed.</summary>
    public void Rollback() => _samples.Clear();

    public void Dispose()
    {
        Rollback();
        _buffer.Return(this);
    }
}
