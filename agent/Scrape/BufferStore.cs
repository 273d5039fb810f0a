using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>Leaves samples in the buffer on disk.</summary>
internal sealed class BufferStore(AgentBuffer buffer) : ISampleStore
{
    public SeriesRef Acquire(Labels labels) => buffer.Series.Acquire(labels);

    public void Release(SeriesRef series) => buffer.Series.Release(series);

    public bool Append(SampleBatch batch)
    {
        using BufferAppender appender = buffer.RentAppender();
        foreach (ref readonly ScrapedSample sample in batch.Samples)
        {
            appender.Append(sample.Series, sample.TimestampMs, sample.Value);
        }

        return appender.Commit() == CommitOutcome.Written;
    }
}
