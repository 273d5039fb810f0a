using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Buffer;

/// <summary>Growing columns of samples, reused from one scrape or record to the next. Not thread-safe.</summary>
internal sealed class SampleList
{
    private SeriesRef[] _series = new SeriesRef[512];
    private long[] _timestampsMs = new long[512];
    private double[] _values = new double[512];

    public int Count { get; private set; }

    public SampleColumns Columns => new(_series.AsSpan(0, Count), _timestampsMs.AsSpan(0, Count), _values.AsSpan(0, Count));

    public void Clear() => Count = 0;

    public void Add(SeriesRef series, long timestampMs, double value)
    {
        if (Count == _series.Length)
        {
            Array.Resize(ref _series, Count * 2);
            Array.Resize(ref _timestampsMs, Count * 2);
            Array.Resize(ref _values, Count * 2);
        }

        _series[Count] = series;
        _timestampsMs[Count] = timestampMs;
        _values[Count] = value;
        Count++;
    }
}
