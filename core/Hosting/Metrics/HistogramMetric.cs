namespace AmpEdge.Hosting;

/// <summary>A classic histogram: counts of observations by upper bound, their number and sum.</summary>
/// <remarks>
/// Thread-safe and allocation-free. Counts, sum and number are written one after the other, so a scrape that comes
/// in between may see them differ by the observations in flight, as in Prometheus's own clients.
/// </remarks>
public sealed class HistogramMetric : Metric
{
    private readonly double[] _upperBounds;
    private readonly long[] _counts;
    private double _sum;

    internal HistogramMetric(double[] upperBounds)
    {
        _upperBounds = upperBounds;
        _counts = new long[upperBounds.Length + 1];
    }

    /// <summary>Upper bounds, inclusive, ascending, without +Inf.</summary>
    public ReadOnlySpan<double> UpperBounds => _upperBounds;

    public double Sum => Volatile.Read(ref _sum);

    /// <summary>How many observations were made.</summary>
    public long Count
    {
        get
        {
            long total = 0;
            for (int index = 0; index < _counts.Length; index++)
            {
                total += Volatile.Read(ref _counts[index]);
            }

            return total;
        }
    }

    public void Observe(double value)
    {
        int bucket = 0;
        while (bucket < _upperBounds.Length && !(value <= _upperBounds[bucket]))
        {
            bucket++;
        }

        Interlocked.Increment(ref _counts[bucket]);
        InterlockedDouble.Add(ref _sum, value);
    }

    /// <summary>Observes the time since <paramref name="startTimestamp"/> of the same clock, in seconds.</summary>
    public void ObserveSince(TimeProvider time, long startTimestamp) =>
        Observe(time.GetElapsedTime(startTimestamp).TotalSeconds);

    /// <summary>Observations in bucket <paramref name="index"/> alone; the last index is the one above all bounds.</summary>
    internal long CountAt(int index) => Volatile.Read(ref _counts[index]);
}
