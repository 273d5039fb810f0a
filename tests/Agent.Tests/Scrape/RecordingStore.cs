using AmpEdge.Agent.Scrape;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape;

/// <summary>Keeps the samples of each scrape with their labels, and counts references as the buffer does.</summary>
internal sealed class RecordingStore : ISampleStore
{
    private readonly Lock _storeLock = new();
    private readonly Dictionary<Labels, SeriesRef> _refs = [];
    private readonly Dictionary<SeriesRef, (Labels Labels, int References)> _series = [];
    private uint _next = 1;

    /// <summary>One list per call of Append.</summary>
    public List<List<RecordedSample>> Scrapes { get; } = [];

    /// <summary>All exemplars with the series that they stand for.</summary>
    public List<(Labels Series, Labels Labels, double Value, long TimestampMs)> Exemplars { get; } = [];

    /// <summary>Series that somebody still holds.</summary>
    public int LiveSeries
    {
        get
        {
            lock (_storeLock)
            {
                return _series.Count;
            }
        }
    }

    public bool HasRoom { get; set; } = true;

    public bool TakesSeries() => HasRoom;

    public SeriesRef Acquire(Labels labels, out bool isFirst)
    {
        lock (_storeLock)
        {
            if (!_refs.TryGetValue(labels, out SeriesRef series))
            {
                series = new SeriesRef(_next++);
                _refs.Add(labels, series);
                _series.Add(series, (labels, 0));
            }

            isFirst = _series[series].References == 0;
            _series[series] = (labels, _series[series].References + 1);
            return series;
        }
    }

    public void Release(SeriesRef series)
    {
        lock (_storeLock)
        {
            (Labels labels, int references) = _series[series];
            if (references == 1)
            {
                _series.Remove(series);
                _refs.Remove(labels);
            }
            else
            {
                _series[series] = (labels, references - 1);
            }
        }
    }

    public bool Append(SampleBatch batch)
    {
        lock (_storeLock)
        {
            List<RecordedSample> scrape = [];
            foreach (ScrapedSample sample in batch.Samples)
            {
                scrape.Add(new RecordedSample(_series[sample.Series].Labels, sample.TimestampMs, sample.Value));
            }

            foreach (ScrapedHistogram histogram in batch.Histograms)
            {
                Assert.True(HistogramMessage.TryParse(batch.MessageOf(in histogram), out HistogramMessage message));
                Assert.Equal(histogram.TimestampMs, message.TimestampMs);
                scrape.Add(new RecordedSample(_series[histogram.Series].Labels, histogram.TimestampMs, message.Sum)
                {
                    Histogram = HistogramText.Of(message),
                });
            }

            foreach (ScrapedExemplar exemplar in batch.Exemplars)
            {
                Exemplars.Add((
                    _series[exemplar.Series].Labels, Labels.FromBlob(batch.LabelsOf(in exemplar)), exemplar.Value,
                    exemplar.TimestampMs));
            }

            Scrapes.Add(scrape);
            return true;
        }
    }
}
