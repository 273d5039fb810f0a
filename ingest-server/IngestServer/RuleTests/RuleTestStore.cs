using AmpEdge.IngestServer.Rules;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.IngestServer.RuleTests;

/// <summary>
/// The series of one test, in memory: those that the test gives, as time goes on, and those that rules record. A sample at a
/// time that a series has already passed is refused, as a store would.
/// </summary>
internal sealed class RuleTestStore : IQueryable, IRuleSink
{
    private readonly SortedDictionary<Labels, StoredSeries> _series = [];
    private readonly PriorityQueue<RuleSample, long> _pending = new();

    /// <summary>Adds samples that are stored when their time has come.</summary>
    public void Load(SeriesDescription series, long startMs, long intervalMs)
    {
        for (int index = 0; index < series.Values.Count; index++)
        {
            SequenceValue value = series.Values[index];
            if (!value.IsOmitted)
            {
                long timeMs = startMs + (index * intervalMs);
                _pending.Enqueue(new RuleSample(series.Labels, timeMs, value.Value, value.Histogram), timeMs);
            }
        }
    }

    /// <summary>Stores the samples up to a time, inclusive.</summary>
    public void StoreUntil(long timeMs)
    {
        while (_pending.TryPeek(out _, out long next) && next <= timeMs)
        {
            Append(_pending.Dequeue());
        }
    }

    public void Append(in RuleSample sample)
    {
        if (!_series.TryGetValue(sample.Labels, out StoredSeries? series))
        {
            _series[sample.Labels] = series = new StoredSeries(sample.Labels);
        }

        series.Append(in sample);
    }

    public IQuerier OpenQuerier(long minTimeMs, long maxTimeMs) => new Querier([.. _series.Values]);

    private sealed class StoredSeries(Labels labels)
    {
        private readonly List<RuleSample> _samples = [];

        public Labels Labels { get; } = labels;

        public void Append(in RuleSample sample)
        {
            if (_samples.Count > 0 && _samples[^1].TimestampMs >= sample.TimestampMs)
            {
                return;
            }

            FloatHistogram? before = _samples.Count > 0 ? _samples[^1].Histogram : null;
            _samples.Add(sample.Histogram is { } histogram
                ? sample with { Histogram = StoredHistogram.Of(histogram, before) }
                : sample);
        }

        public void Decode(SampleBuffer target, long startMs, long endMs)
        {
            foreach (RuleSample sample in _samples)
            {
                if (sample.TimestampMs < startMs || sample.TimestampMs > endMs)
                {
                    continue;
                }

                if (sample.Histogram is { } histogram)
                {
                    target.Append(sample.TimestampMs, histogram);
                }
                else
                {
                    target.Append(sample.TimestampMs, sample.Value);
                }
            }
        }
    }

    private sealed class Querier(StoredSeries[] series) : IQuerier
    {
        public ISeriesSet Select(in SelectHints hints, IReadOnlyList<Matcher> matchers, CancellationToken cancel)
        {
            List<StoredSeries> selected = [];
            foreach (StoredSeries candidate in series)
            {
                bool matches = true;
                foreach (Matcher matcher in matchers)
                {
                    matches = matches && matcher.Matches(candidate.Labels);
                }

                if (matches)
                {
                    selected.Add(candidate);
                }
            }

            return new SeriesSet(selected, hints);
        }

        public void Dispose()
        {
        }
    }

    private sealed class SeriesSet(List<StoredSeries> series, SelectHints hints) : ISeriesSet
    {
        private int _index = -1;

        public Labels Labels => series[_index].Labels;

        public bool MoveNext() => ++_index < series.Count;

        public void Decode(SampleBuffer samples) => series[_index].Decode(samples, hints.StartMs, hints.EndMs);

        public void Dispose()
        {
        }
    }
}
