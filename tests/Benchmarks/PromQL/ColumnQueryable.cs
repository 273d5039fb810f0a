using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.Benchmarks.PromQL;

/// <summary>Counters that all have the same sample times, kept as columns: decoding is two copies.</summary>
internal sealed class ColumnQueryable : IQueryable
{
    private readonly long[] _timestamps;
    private readonly double[][] _values;
    private readonly Labels[] _labels;

    public ColumnQueryable(int seriesCount, long intervalMs, long endMs)
    {
        _timestamps = new long[(endMs / intervalMs) + 1];
        _labels = new Labels[seriesCount];
        _values = new double[seriesCount][];
        for (int index = 0; index < _timestamps.Length; index++)
        {
            _timestamps[index] = index * intervalMs;
        }

        for (int series = 0; series < seriesCount; series++)
        {
            _labels[series] = Labels.FromStrings(
                "__name__", "requests_total", "instance", $"host-{series:D4}:9100", "job", $"job-{series % 10}");
            _values[series] = new double[_timestamps.Length];
            for (int index = 0; index < _timestamps.Length; index++)
            {
                _values[series][index] = index * (series + 1.5);
            }
        }
    }

    public IQuerier OpenQuerier(long minTimeMs, long maxTimeMs) => new Querier(this);

    private sealed class Querier(ColumnQueryable owner) : IQuerier
    {
        public ISeriesSet Select(in SelectHints hints, IReadOnlyList<Matcher> matchers, CancellationToken cancel) =>
            new SeriesSet(owner);

        public void Dispose()
        {
        }
    }

    private sealed class SeriesSet(ColumnQueryable owner) : ISeriesSet
    {
        private int _index = -1;

        public Labels Labels => owner._labels[_index];

        public bool MoveNext() => ++_index < owner._labels.Length;

        public void Decode(SampleBuffer samples) => samples.Append(owner._timestamps, owner._values[_index]);

        public void Dispose()
        {
        }
    }
}
