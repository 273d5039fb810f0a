using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>Leaves samples in the buffer on disk.</summary>
internal sealed class BufferStore(AgentBuffer buffer, HighAvailability availability) : ISampleStore
{
    public SeriesRef Acquire(Labels labels, out bool isFirst)
    {
        availability.Check(labels);
        return buffer.Series.Acquire(labels, out isFirst);
    }

    public bool TakesSeries() => buffer.Memory.TakesOneMore();

    public void Release(SeriesRef series) => buffer.Series.Release(series);

    public bool Append(SampleBatch batch)
    {
        using BufferAppender appender = buffer.RentAppender();
        foreach (ref readonly ScrapedSample sample in batch.Samples)
        {
            appender.Append(sample.Series, sample.TimestampMs, sample.Value);
        }

        foreach (ref readonly ScrapedHistogram histogram in batch.Histograms)
        {
            appender.AppendHistogram(histogram.Series, histogram.TimestampMs, batch.MessageOf(histogram));
        }

        foreach (ref readonly ScrapedExemplar exemplar in batch.Exemplars)
        {
            appender.AppendExemplar(exemplar.Series, exemplar.TimestampMs, exemplar.Value, batch.LabelsOf(exemplar));
        }

        return appender.Commit() == CommitOutcome.Written;
    }
}
