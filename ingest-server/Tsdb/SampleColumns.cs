namespace AmpEdge.Tsdb;

/// <summary>A sink that keeps samples as two columns; reused from series to series.</summary>
public struct SampleColumns : ISampleSink
{
    private long[] _timestamps = new long[256];
    private double[] _values = new double[256];

    public SampleColumns()
    {
    }

    public int Count { get; private set; }

    public readonly ReadOnlySpan<long> Timestamps => _timestamps.AsSpan(0, Count);

    public readonly ReadOnlySpan<double> Values => _values.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Add(long timestampMs, double value)
    {
        if (Count == _timestamps.Length)
        {
            Array.Resize(ref _timestamps, Count * 2);
            Array.Resize(ref _values, Count * 2);
        }

        _timestamps[Count] = timestampMs;
        _values[Count++] = value;
    }

    /// <summary>Hands the sample at a place to another sink.</summary>
    internal readonly void CopyTo<TSink>(int place, ref TSink sink)
        where TSink : struct, ISampleSink => sink.Add(_timestamps[place], _values[place]);
}
