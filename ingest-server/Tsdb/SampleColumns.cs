using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>A sink that keeps samples as columns; reused from series to series.</summary>
public struct SampleColumns : ISampleSink
{
    private long[] _timestamps = new long[256];
    private double[] _values = new double[256];

    /// <summary>The histograms by place; null while there was none.</summary>
    private Histogram?[]? _histograms;

    public SampleColumns()
    {
    }

    public int Count { get; private set; }

    public readonly ReadOnlySpan<long> Timestamps => _timestamps.AsSpan(0, Count);

    /// <summary>The values; a NaN where a histogram is.</summary>
    public readonly ReadOnlySpan<double> Values => _values.AsSpan(0, Count);

    /// <summary>The histogram at a place, or null when a float is there.</summary>
    public readonly Histogram? HistogramAt(int index) => _histograms?[index];

    public void Clear()
    {
        Count = 0;
        _histograms = null;
    }

    public void Add(long timestampMs, double value)
    {
        if (Count == _timestamps.Length)
        {
            Grow(Count * 2);
        }

        _timestamps[Count] = timestampMs;
        _values[Count++] = value;
    }

    public void Add(long timestampMs, Histogram histogram)
    {
        Add(timestampMs, double.NaN);
        _histograms ??= new Histogram?[_timestamps.Length];
        _histograms[Count - 1] = histogram.Copy();
    }

    public static bool TakesColumns => true;

    public void Reserve(int samples, out Span<long> timestamps, out Span<double> values)
    {
        if (samples > _timestamps.Length - Count)
        {
            Grow(Math.Max(Count + samples, Count * 2));
        }

        timestamps = _timestamps.AsSpan(Count, samples);
        values = _values.AsSpan(Count, samples);
    }

    public void Keep(int first, int count)
    {
        _timestamps.AsSpan(Count + first, count).CopyTo(_timestamps.AsSpan(Count));
        _values.AsSpan(Count + first, count).CopyTo(_values.AsSpan(Count));
        Count += count;
    }

    /// <summary>Hands the sample at a place to another sink.</summary>
    internal readonly void CopyTo<TSink>(int place, ref TSink sink)
        where TSink : struct, ISampleSink
    {
        if (_histograms?[place] is { } histogram)
        {
            sink.Add(_timestamps[place], histogram);
        }
        else
        {
            sink.Add(_timestamps[place], _values[place]);
        }
    }

    /// <summary>Hands so many samples from a place on to another sink, floats as columns where it takes those.</summary>
    internal readonly void CopyTo<TSink>(int first, int count, ref TSink sink)
        where TSink : struct, ISampleSink
    {
        if (TSink.TakesColumns && _histograms is null)
        {
            sink.Reserve(count, out Span<long> timestamps, out Span<double> values);
            Timestamps.Slice(first, count).CopyTo(timestamps);
            Values.Slice(first, count).CopyTo(values);
            sink.Keep(0, count);
            return;
        }

        for (int place = first; place < first + count; place++)
        {
            CopyTo(place, ref sink);
        }
    }

    private void Grow(int capacity)
    {
        Array.Resize(ref _timestamps, capacity);
        Array.Resize(ref _values, capacity);
        if (_histograms is not null)
        {
            Array.Resize(ref _histograms, capacity);
        }
    }
}
