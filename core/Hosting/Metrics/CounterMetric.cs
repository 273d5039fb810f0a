namespace AmpEdge.Hosting;

/// <summary>A value that only grows, such as samples scraped or seconds spent. Thread-safe, allocation-free.</summary>
/// <remarks>
/// Whole numbers are kept in a long, so that counting is one interlocked addition; fractions (seconds) go to a
/// double beside it. The exported value is their sum. A callback replaces both.
/// </remarks>
public sealed class CounterMetric : Metric
{
    private long _whole;
    private double _fraction;
    private Func<double>? _callback;

    /// <summary>The value as it is exported.</summary>
    public double Value =>
        _callback is { } read ? read() : Interlocked.Read(ref _whole) + Volatile.Read(ref _fraction);

    public void Increment() => Interlocked.Increment(ref _whole);

    /// <summary>Adds a non-negative count; a negative one is an error of the caller.</summary>
    public void Add(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Interlocked.Add(ref _whole, count);
    }

    /// <summary>Adds a non-negative amount that may be fractional, such as seconds.</summary>
    public void Add(double amount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(amount);
        InterlockedDouble.Add(ref _fraction, amount);
    }

    /// <summary>Reads the value at each scrape instead; the callback must be thread-safe and never shrink.</summary>
    public void ReadFrom(Func<double> callback) => _callback = callback;
}
