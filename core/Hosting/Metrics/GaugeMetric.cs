namespace AmpEdge.Hosting;

/// <summary>A value that goes up and down, such as a queue's fill. Thread-safe, allocation-free.</summary>
public sealed class GaugeMetric : Metric
{
    private double _value;
    private Func<double>? _callback;

    public double Value => _callback is { } read ? read() : Volatile.Read(ref _value);

    public void Set(double value) => Volatile.Write(ref _value, value);

    public void Add(double amount) => InterlockedDouble.Add(ref _value, amount);

    public void Increment() => Add(1);

    public void Decrement() => Add(-1);

    /// <summary>Sets the gauge to a time as seconds since 1970, as Prometheus exports times.</summary>
    public void SetTo(DateTimeOffset time) => Set(time.ToUnixTimeMilliseconds() / 1000.0);

    /// <summary>Reads the value at each scrape instead; the callback must be thread-safe and quick.</summary>
    public void ReadFrom(Func<double> callback) => _callback = callback;
}
